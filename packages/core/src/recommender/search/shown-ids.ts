import { Hash32 } from '../hash32.ts'

/** Which images were shown, in few characters: 32 bits of a hash of each. Two in four thousand million are taken for each other. */
export class ShownIds {
  readonly #hashes: Set<number>

  /** @param encoded what `first` gave */
  constructor(encoded = '') {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    const words = new DataView(bytes.buffer)
    this.#hashes = new Set(Array.from({ length: bytes.length >> 2 }, (_, at) => words.getUint32(4 * at)))
  }

  get count(): number {
    return this.#hashes.size
  }

  has(id: string): boolean {
    return this.#hashes.has(hashOf(id))
  }

  add(id: string): void {
    this.#hashes.add(hashOf(id))
  }

  /** Those that were added first, so many, as a string of base64. */
  first(count: number): string {
    const words = new DataView(new ArrayBuffer(4 * count))
    for (const [at, hash] of [...this.#hashes].slice(0, count).entries()) words.setUint32(4 * at, hash)
    return btoa(String.fromCharCode(...new Uint8Array(words.buffer)))
  }
}

function hashOf(id: string): number {
  return new Hash32().text(id).value
}
