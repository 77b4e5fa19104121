import type { Appearance, DetectedObject, Lab } from './feature-extractor.ts'
import type { Embedding, ImageRecord, JsonObject } from './image-store.ts'
import { UNKNOWN_BOX, UNKNOWN_COLOR } from './unknown-facts.ts'
import { VectorsTogether } from './vectors-together.ts'

/** Axis, score, box and colour of an object; NaN where the box or the colour is unknown. */
const PER_OBJECT = 9
/** Colour and share. */
const PER_COLOR = 4

const NO_TAGS: readonly string[] = Object.freeze([])
const NO_METADATA: JsonObject = Object.freeze({})

/**
 * A record as it is kept in memory: all its numbers in one array, and the rest frozen. Nobody else can change it, as nobody can what a
 * database keeps. And it is a few things for the garbage collector to look after, where a record is some sixty.
 */
export class KeptRecord {
  readonly #id: string
  readonly #spaceId: string
  readonly #width: number
  readonly #height: number
  readonly #tags: readonly string[]
  readonly #metadata: JsonObject
  readonly #contentHash: string | null
  readonly #embedding: Embedding | null
  /** Of the appearance; `undefined` where that is unknown. */
  readonly #hash: string | undefined
  readonly #objects: number
  readonly #colors: number
  readonly #dimensions: number
  /** Objects, then the palette, then the vector: whole, or as pairs of axis and value where these are fewer numbers. */
  readonly #numbers: Float32Array

  constructor({ objects, vector, appearance, ...rest }: ImageRecord) {
    this.#id = rest.id
    this.#spaceId = rest.spaceId
    this.#width = rest.width
    this.#height = rest.height
    this.#tags = rest.tags.length === 0 ? NO_TAGS : Object.freeze([...rest.tags])
    this.#metadata = Object.keys(rest.metadata).length === 0 ? NO_METADATA : frozen(structuredClone(rest.metadata))
    this.#contentHash = rest.contentHash
    this.#embedding = rest.embedding && { ...rest.embedding, vector: rest.embedding.vector.slice() }
    this.#hash = appearance?.hash
    const palette = appearance?.palette ?? []
    this.#objects = objects.length
    this.#colors = palette.length
    this.#dimensions = vector.length
    this.#numbers = numbersOf(objects, palette, vector)
  }

  /**
   * A record that is the caller's own.
   *
   * @param vectors gives the memory for its vector, where many records are handed out together
   */
  handOut(vectors = new VectorsTogether(1)): ImageRecord {
    return {
      id: this.#id,
      spaceId: this.#spaceId,
      objects: this.#readObjects(),
      vector: this.#readVector(vectors.next(this.#dimensions)),
      width: this.#width,
      height: this.#height,
      appearance: this.#hash === undefined ? null : { palette: this.#readPalette(), hash: this.#hash },
      tags: this.#tags,
      metadata: this.#metadata,
      contentHash: this.#contentHash,
      embedding: this.#embedding && { ...this.#embedding, vector: this.#embedding.vector.slice() },
    }
  }

  #readObjects(): DetectedObject[] {
    const numbers = this.#numbers
    const objects: DetectedObject[] = []
    for (let nth = 0, at = 0; nth < this.#objects; nth++, at += PER_OBJECT) {
      const isPlaced = !Number.isNaN(numbers[at + 2]!)
      const isColored = !Number.isNaN(numbers[at + 6]!)
      objects.push({
        axis: numbers[at]!,
        score: numbers[at + 1]!,
        box: isPlaced ? [numbers[at + 2]!, numbers[at + 3]!, numbers[at + 4]!, numbers[at + 5]!] : null,
        color: isColored ? [numbers[at + 6]!, numbers[at + 7]!, numbers[at + 8]!] : null,
      })
    }
    return objects
  }

  #readPalette(): Appearance['palette'] {
    const numbers = this.#numbers
    const palette: { color: Lab; share: number }[] = []
    for (let nth = 0, at = PER_OBJECT * this.#objects; nth < this.#colors; nth++, at += PER_COLOR) {
      palette.push({ color: [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!], share: numbers[at + 3]! })
    }
    return palette
  }

  #readVector(vector: Float32Array): Float32Array {
    const from = PER_OBJECT * this.#objects + PER_COLOR * this.#colors
    const numbers = this.#numbers
    const isWhole = numbers.length - from === this.#dimensions
    if (isWhole) for (let axis = 0; axis < this.#dimensions; axis++) vector[axis] = numbers[from + axis]!
    else for (let at = from; at < numbers.length; at += 2) vector[numbers[at]!] = numbers[at + 1]!
    return vector
  }
}

function numbersOf(
  objects: readonly DetectedObject[],
  palette: Appearance['palette'],
  vector: Float32Array,
): Float32Array {
  const pairs: number[] = []
  for (let axis = 0; axis < vector.length; axis++) {
    // -0 is no 0: it comes back as it was given.
    if (!Object.is(vector[axis], 0)) pairs.push(axis, vector[axis]!)
  }
  const ofVector = pairs.length < vector.length ? pairs : vector
  const from = PER_OBJECT * objects.length
  const numbers = new Float32Array(from + PER_COLOR * palette.length + ofVector.length)
  for (const [nth, { axis, score, box, color }] of objects.entries()) {
    numbers.set([axis, score, ...(box ?? UNKNOWN_BOX), ...(color ?? UNKNOWN_COLOR)], PER_OBJECT * nth)
  }
  for (const [nth, { color, share }] of palette.entries()) numbers.set([...color, share], from + PER_COLOR * nth)
  numbers.set(ofVector, from + PER_COLOR * palette.length)
  return numbers
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
