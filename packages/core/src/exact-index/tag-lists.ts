import type { NextPart } from './snapshot/parts.ts'

/** So many lists are saved or read at a time. */
const LISTS_A_PART = 4096

/**
 * The lists of tags that members have, each kept once under a number from 1 on; 0 is the empty list. Numbers that nobody uses
 * any more are given again.
 */
export class TagLists {
  readonly #numbers = new Map<string, number>()
  readonly #lists: (readonly string[])[] = [[]]
  readonly #keys: string[] = ['[]']
  readonly #uses: number[] = [0]
  readonly #free: number[] = []

  /** One more than the highest number that was ever given. */
  get end(): number {
    return this.#lists.length
  }

  /** The number of a list, which is now in use once more. */
  use(tags: readonly string[]): number {
    if (tags.length === 0) return 0
    const key = JSON.stringify(tags)
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#free.pop() ?? this.#lists.length
      this.#numbers.set(key, number)
      this.#lists[number] = [...tags]
      this.#keys[number] = key
      this.#uses[number] = 0
    }
    this.#uses[number]!++
    return number
  }

  release(number: number): void {
    if (number === 0 || --this.#uses[number]! > 0) return
    this.#numbers.delete(this.#keys[number]!)
    this.#lists[number] = []
    this.#keys[number] = ''
    this.#free.push(number)
  }

  /** How many members have this list, unless it is the empty one: those are not counted. */
  usesOf(number: number): number {
    return this.#uses[number]!
  }

  *save(): Generator<Uint8Array> {
    yield encoded(this.end)
    for (let from = 0; from < this.end; from += LISTS_A_PART) {
      yield encoded([this.#lists.slice(from, from + LISTS_A_PART), this.#uses.slice(from, from + LISTS_A_PART)])
    }
  }

  /** Takes the place of everything where there was nothing. Throws an Error where the parts are not what was saved. */
  async load(next: NextPart): Promise<void> {
    const end = decoded(await next()) as number
    this.#lists.length = this.#uses.length = this.#keys.length = 0
    while (this.end < end) {
      const [lists, uses] = decoded(await next()) as [string[][], number[]]
      for (const [at, tags] of lists.entries()) this.#restore(tags, uses[at]!)
    }
  }

  #restore(tags: readonly string[], uses: number): void {
    const number = this.end
    const key = JSON.stringify(tags)
    this.#lists.push(tags)
    this.#uses.push(uses)
    this.#keys.push(key)
    if (uses > 0) this.#numbers.set(key, number)
    else if (number > 0) this.#free.push(number)
  }

  tagsOf(number: number): readonly string[] {
    return this.#lists[number]!
  }
}

function encoded(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function decoded(part: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(part))
}
