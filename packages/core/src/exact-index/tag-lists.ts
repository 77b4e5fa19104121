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

  /** One more than the highest number in use. */
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

  /** Takes over lists under the numbers that they have in the array; none is in use until `reuse` says so. */
  restore(lists: readonly (readonly string[])[]): void {
    for (const [number, tags] of lists.entries()) {
      this.#lists[number] = tags
      this.#uses[number] = 0
      this.#keys[number] = JSON.stringify(tags)
      if (tags.length > 0) this.#numbers.set(this.#keys[number]!, number)
      else if (number > 0) this.#free.push(number)
    }
  }

  /** The list of that number is in use once more. */
  reuse(number: number): void {
    if (number > 0) this.#uses[number]!++
  }

  tagsOf(number: number): readonly string[] {
    return this.#lists[number]!
  }
}
