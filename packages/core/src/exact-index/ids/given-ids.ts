/** So many are kept at most, none of them longer than that: some 12 MB. */
const MOST_KEPT = 2 ** 17
const LONGEST_KEPT = 64
const FIRST_LENGTH = 1024
/** No reference: before an id gets this one, there is no room for another. */
const NONE = 0xffffffff

/**
 * The ids that were given out last, by their references. Whoever is given one again is given the very same string: it knows its hash by now,
 * and a map that has it for a key finds it without comparing characters. For the candidates of a search that is half of what looking them up
 * takes.
 */
export class GivenIds {
  /** A reference has one place, by its last bits; it drives out whichever was there. */
  #references = new Uint32Array(0)
  #ids: string[] = []

  get(reference: number): string | undefined {
    const place = this.#placeOf(reference)
    return this.#references[place] === reference ? this.#ids[place] : undefined
  }

  keep(reference: number, id: string): void {
    if (id.length > LONGEST_KEPT) return
    this.#makeRoom(reference)
    const place = this.#placeOf(reference)
    this.#references[place] = reference
    this.#ids[place] = id
  }

  /** Of a reference that may come to be that of another id. */
  forget(reference: number): void {
    if (this.get(reference) !== undefined) this.#references[this.#placeOf(reference)] = NONE
  }

  #placeOf(reference: number): number {
    return reference & (this.#references.length - 1)
  }

  /** Begins anew with a place for each reference up to that one, as far as there may be so many: references that are low are given first. */
  #makeRoom(reference: number): void {
    const length = this.#references.length
    if (length === MOST_KEPT) return
    const number = reference & 0x7fffffff
    if (number < length) return
    let longer = Math.max(FIRST_LENGTH, length)
    while (longer <= number && longer < MOST_KEPT) longer *= 2
    this.#references = new Uint32Array(longer).fill(NONE)
    this.#ids = new Array<string>(longer).fill('')
  }
}
