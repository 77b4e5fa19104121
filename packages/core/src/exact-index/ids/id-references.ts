import { headerOf, type NextPart } from '../snapshot/parts.ts'
import { compareDecimals, DECIMALS, writeDecimal } from './decimals.ts'
import { GivenIds } from './given-ids.ts'
import { type HashKey, hashOfNumber, IdProbe, KEY_WORDS } from './id-probe.ts'
import { compareOctets } from './octets.ts'
import { PackedStrings } from './packed-strings.ts'

const MARK = 0x31_46_52_49
// It would take a U+FEFF at the beginning for a mark of the byte order, and drop it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Ids as uint32 references. An id that is the decimal form of a number below 2³¹ has this number as its reference, which
 * takes no memory. Any other id is a string with a number in a table; its reference is 2³¹ + this number. Ids must be
 * well-formed; any length will do.
 *
 * To look for an id, `probe` it: the references that may be it are those with its hash, and `matches` decides. Which
 * references are in use is not known here. `intern` never looks for an old one, so ids that are strings may have several.
 *
 * Hashes are uint32, well mixed, and depend on a key that is random by default, because ids may come from strangers.
 */
export class IdReferences {
  readonly #key: HashKey
  readonly #key2: number
  readonly #key3: number
  readonly #strings: PackedStrings
  readonly #probe: IdProbe
  readonly #given = new GivenIds()
  readonly #digits = new Uint8Array(10)

  /** @param key four random words, which a snapshot keeps */
  constructor(key: HashKey = crypto.getRandomValues(new Uint32Array(KEY_WORDS)), strings = new PackedStrings()) {
    this.#key = key
    this.#key2 = key[2]! | 0
    this.#key3 = key[3]! | 0
    this.#strings = strings
    this.#probe = new IdProbe(key)
  }

  /** Memory held, in bytes: that of the ids which are no numbers. */
  get bytes(): number {
    return this.#strings.bytes
  }

  /** A probe of one's own, which others' calls of `probe` leave alone. */
  createProbe(): IdProbe {
    return new IdProbe(this.#key)
  }

  /** Takes an id apart. The probe returned is always the same one, if none is given, and good until the next call. */
  probe(id: string, into = this.#probe): IdProbe {
    into.set(id)
    return into
  }

  /** Whether a reference is that of the probed id. */
  matches(reference: number, probe = this.#probe): boolean {
    if (probe.number >= 0 || reference < DECIMALS) return reference === probe.number
    const number = reference - DECIMALS
    // Most references with another id have another hash.
    return this.#strings.hashOf(number) === probe.hash && this.#strings.equals(number, probe.bytes, probe.length)
  }

  /** A new reference for the probed id. If it is no number, this takes memory until it is released. */
  intern(probe = this.#probe): number {
    return probe.number >= 0 ? probe.number : DECIMALS + this.#strings.add(probe.bytes, probe.hash, probe.length)
  }

  /** Gives back the memory of a reference that is used no more. */
  release(reference: number): void {
    if (reference < DECIMALS) return
    this.#strings.delete(reference - DECIMALS)
    this.#given.forget(reference)
  }

  /** The hash that a probe of the same id has. */
  hashOfReference(reference: number): number {
    return reference < DECIMALS
      ? hashOfNumber(reference, this.#key2, this.#key3)
      : this.#strings.hashOf(reference - DECIMALS)
  }

  /** The id; of one that is asked for again and again the same string. */
  toString(reference: number): string {
    const given = this.#given.get(reference)
    if (given !== undefined) return given
    const id = reference < DECIMALS ? String(reference) : decoder.decode(this.#strings.bytesOf(reference - DECIMALS))
    this.#given.keep(reference, id)
    return id
  }

  /** The order of two ids by their UTF-8 bytes: below 0 if `a` comes first, 0 if they are the same. */
  compare(a: number, b: number): number {
    if (a < DECIMALS) return b < DECIMALS ? compareDecimals(a, b) : -this.#compareWithNumber(b, a)
    return b < DECIMALS ? this.#compareWithNumber(a, b) : this.#strings.compare(a - DECIMALS, b - DECIMALS)
  }

  /** The same order, of a reference's id and the probed id. */
  compareWith(reference: number, probe = this.#probe): number {
    if (probe.number >= 0) return this.compare(reference, probe.number)
    if (reference >= DECIMALS) return this.#strings.compareBytes(reference - DECIMALS, probe.bytes, probe.length)
    return compareOctets(this.#digits, 0, writeDecimal(reference, this.#digits), probe.bytes, 0, probe.length)
  }

  /** The parts that `load` takes: a header, then views of the live memory, good until the next change. */
  *save(): Generator<Uint32Array> {
    yield Uint32Array.of(MARK, ...this.#key)
    yield* this.#strings.save()
  }

  /** Restores what was saved. Throws an Error where the parts make no sense. */
  static async load(next: NextPart): Promise<IdReferences> {
    const key = headerOf(await next(), MARK, 1 + KEY_WORDS, 'id references').slice(1)
    return new IdReferences(key, await PackedStrings.load(next))
  }

  #compareWithNumber(string: number, decimal: number): number {
    const length = writeDecimal(decimal, this.#digits)
    return this.#strings.compareBytes(string - DECIMALS, this.#digits, length)
  }
}
