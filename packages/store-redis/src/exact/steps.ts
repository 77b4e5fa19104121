import type { FeedStep } from '@image-recommender/core'
import { newWrite } from '../names.ts'
import { type IndexCommands, listOf, textOf } from './index-commands.ts'
import type { IndexDirectoryKeys } from './index-keys.ts'
import { begin, claim, finish } from './scripts/index-scripts.ts'
import type { SetVersion } from './set-log.ts'

/** After so many milliseconds without an end, somebody else may claim the position. */
const CLAIM = 1000

/** What a writer knows of the index, which must still be so. */
export interface Known {
  readonly generation: string
  readonly sets: SetVersion
}

/** `other`: the index is of another generation. `lost`: its log of class sets is another. */
export type Strange = 'other' | 'lost'

/** `busy`: somebody else is moving the position. `written`: this write is done already. */
export type Claimed = { readonly fence: string } | { readonly refused: 'busy' | 'moved' | 'written' | Strange }

/** A step under way, with a name that no other has. */
export class NamedStep {
  readonly name = newWrite()
  readonly from: string
  readonly to: string

  constructor({ from, to }: FeedStep) {
    this.from = positionText(from)
    this.to = positionText(to)
  }
}

/** The directory's account of the position and of who may move it. */
export class Steps {
  readonly #commands: IndexCommands
  readonly #keys: readonly [meta: string, log: string]

  constructor(commands: IndexCommands, { meta, log }: IndexDirectoryKeys) {
    this.#commands = commands
    this.#keys = [meta, log]
  }

  /** Before a write without a step. */
  async begin(known: Known): Promise<'begun' | Strange> {
    const [word] = await this.#run(begin, known)
    return word as 'begun' | Strange
  }

  /** Before a write with a step: a fence above all that have been given, and above `above`. */
  async claim(known: Known, step: NamedStep, above: string): Promise<Claimed> {
    const [word, fence] = await this.#run(claim, known, step.from, step.name, above, CLAIM)
    return word === 'begun' ? { fence: fence! } : { refused: word as 'busy' | 'moved' | 'written' | Strange }
  }

  /** Behind it. `superseded`: somebody has claimed the position since. */
  async finish(known: Known, step: NamedStep, fence: string): Promise<'written' | 'superseded' | 'moved' | Strange> {
    const [word] = await this.#run(finish, known, step.from, step.name, fence, step.to)
    return word as 'written' | 'superseded' | 'moved' | Strange
  }

  async #run(script: typeof begin, { generation, sets }: Known, ...args: (string | number)[]) {
    const reply = await this.#commands.run(script, this.#keys, [generation, sets.count, sets.last, ...args])
    return listOf(reply).map(textOf)
  }
}

/** A position as scripts take and keep it. */
function positionText(position: string | undefined): string {
  return position === undefined ? 'none' : `=${position}`
}
