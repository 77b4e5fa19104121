import { RecommenderError } from '@image-recommender/core'
import { nextTurn } from '@image-recommender/core/parts'
import type { FoundSlots, GraphIndex } from '../graph-index.ts'
import type { IndexShape } from '../options.ts'
import { recallSteps } from '../search/recall.ts'
import { saveIndex } from '../snapshot/save.ts'
import { type Calls, nthEntry, type PackedMatches } from './messages.ts'
import { StepTurns } from './step-turns.ts'

type Answers = { [Name in keyof Calls]: (given: Parameters<Calls[Name]>[0]) => Promise<ReturnType<Calls[Name]>> }

/** Answers what the worker thread is asked for. Writes come one after the other; searches go on meanwhile. */
export class ServedIndex implements Answers {
  readonly #index: GraphIndex
  readonly #shape: IndexShape
  readonly #turns = new StepTurns()
  #position: string | undefined
  #ending = false

  constructor(index: GraphIndex, shape: IndexShape, position?: string) {
    this.#index = index
    this.#shape = shape
    this.#position = position
  }

  async write({ changes: { gone, entries }, step }: Parameters<Calls['write']>[0]): Promise<boolean> {
    let refused = false
    const begin = () => {
      refused = step !== undefined && step.from !== this.#position
      return !refused
    }
    const apply = (at: number) => {
      if (at < gone.length) this.#index.delete(gone[at]!)
      else this.#index.put(nthEntry(entries, at - gone.length, this.#shape.dimensions))
    }
    const end = () => {
      if (step) this.#position = step.to
    }
    try {
      await this.#turns.write(writeSteps(gone.length + entries.ids.length, begin, apply, end))
      return !refused
    } catch (cause) {
      const message = `The index could not be written: ${(cause as Error).message}. It has not moved on in the store's feed; try again, with more memory if that was what it lacked.`
      throw new RecommenderError('INDEX_FAILED', message, { cause })
    }
  }

  async position(): Promise<string | undefined> {
    return this.#position
  }

  search(request: Parameters<Calls['search']>[0]): Promise<PackedMatches> {
    const { table } = this.#index
    const steps = this.#index
    return this.#turns.read(function* () {
      return packedMatches(yield* steps.search(request), table)
    })
  }

  counts(where: Parameters<Calls['counts']>[0]): Promise<ReturnType<Calls['counts']>> {
    return this.#turns.read(() => this.#index.counts(where))
  }

  /** Query by query: between two of them others have their turn, writes too. */
  async recall({ sample, limit }: Parameters<Calls['recall']>[0]): Promise<number> {
    let [found, wanted] = [0, 0]
    for (const query of this.#queriesOf(sample)) {
      await nextTurn()
      if (this.#ending) throw new RecommenderError('CLOSED', 'The index was closed while its recall was measured.')
      const hits = await this.#turns.read(() => recallSteps(this.#index, { vector: query, limit }))
      found += hits.found
      wanted += hits.wanted
    }
    return wanted === 0 ? 1 : found / wanted
  }

  async save({ path }: Parameters<Calls['save']>[0]): Promise<undefined> {
    await this.#turns.alone(async () => {
      try {
        await saveIndex(path, this.#index, this.#shape, this.#position)
      } catch (cause) {
        const message = `The index could not be saved as ${path}: ${(cause as Error).message}. The file at that path, if there is one, is whole.`
        throw new RecommenderError('INDEX_FAILED', message, { cause })
      }
    })
  }

  /** What takes minutes is given up. */
  end(): void {
    this.#ending = true
  }

  /** One after the other: copies of very many would take as much memory as the index. */
  *#queriesOf(sample: number | readonly Float32Array[]): Generator<Float32Array> {
    if (typeof sample !== 'number') return yield* sample
    const { table } = this.#index
    const taken: number[] = []
    for (let slot = 0; slot < table.end; slot++) if (table.idOf(slot) !== undefined) taken.push(slot)
    const count = Math.min(sample, taken.length)
    for (let nth = 0; nth < count; nth++) {
      const slot = taken[Math.floor((nth * taken.length) / count)]!
      // It may have been deleted meanwhile.
      if (table.idOf(slot) !== undefined) yield table.vectorOf(slot).slice()
    }
  }
}

/** One by one, if it may begin when its turn has come; where all are in, so is the position. */
function* writeSteps(
  count: number,
  begin: () => boolean,
  apply: (at: number) => void,
  end: () => void,
): Generator<void, void> {
  if (!begin()) return
  for (let at = 0; at < count; at++) {
    apply(at)
    yield
  }
  end()
}

function packedMatches(found: FoundSlots, table: GraphIndex['table']): PackedMatches {
  const { dimensions } = table
  const vectors = new Float32Array(found.length * dimensions)
  for (const [at, { slot }] of found.entries()) vectors.set(table.vectorOf(slot), at * dimensions)
  return {
    ids: found.map(({ slot }) => table.idOf(slot)!),
    distances: Float64Array.from(found, ({ distance }) => distance),
    vectors,
  }
}
