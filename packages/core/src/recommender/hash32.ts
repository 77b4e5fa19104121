/** A hash of 32 bits that grows with what is mixed in (after FNV-1a, over words and characters). Nothing is protected by it. */
export class Hash32 {
  #hash = 0x811c9dc5

  words(words: Int32Array): this {
    for (let at = 0; at < words.length; at++) this.#mix(words[at]!)
    return this
  }

  text(text: string): this {
    for (let at = 0; at < text.length; at++) this.#mix(text.charCodeAt(at))
    return this
  }

  /** 0..2³² - 1 */
  get value(): number {
    return this.#hash >>> 0
  }

  #mix(word: number): void {
    this.#hash = Math.imul(this.#hash ^ word ^ (this.#hash >>> 15), 0x01000193)
  }
}
