/**
 * The files that hnswlib (0.8, as hnswlib-node 3.0.0 has it) writes, as far as one must know them to tell a whole one:
 * 13 numbers, all the vectors with their links in the lowest layer, and per vector its links in the layers above. Its
 * own reader checks next to nothing, and what it is misled by, it crashes on, at once or later.
 *
 * Numbers are written as a little-endian machine with 64 bits has them.
 */

/** What a file must agree with. */
export interface GraphFileShape {
  readonly dimensions: number
  readonly m: number
  readonly efConstruction: number
  readonly slots: number
  /** For how many vectors there is room. */
  readonly capacity: number
  /** Whether the vector in a slot has been taken out. */
  readonly isFree: (slot: number) => boolean
}

export const HEADER_BYTES = 96
/** Deleted vectors have this bit in the number of their links. */
const DELETED = 0x01_00_00

/** How many bytes one vector takes in the lowest layer: number of links, links, values, slot. */
export function bytesAVector({ dimensions, m }: GraphFileShape): number {
  return 4 + 2 * m * 4 + dimensions * 4 + 8
}

/** Takes a file in, piece by piece, in its order. Throws an Error at what does not make a graph of that shape. */
export class GraphFileCheck {
  readonly #shape: GraphFileShape
  #entry = 0
  #top = 0
  #next = 0

  constructor(shape: GraphFileShape) {
    this.#shape = shape
  }

  header(bytes: Uint8Array): void {
    const { dimensions, m, efConstruction, slots, capacity } = this.#shape
    if (bytes.length !== HEADER_BYTES) throw new Error('the graph ends within its header')
    const view = viewOf(bytes)
    const size = bytesAVector(this.#shape)
    const expected = [0, capacity, slots, size, size - 8, size - 8 - 4 * dimensions]
    for (const [at, value] of expected.entries()) expect(long(view, 8 * at) === value, 'the graph has another shape')
    this.#top = view.getInt32(48, true)
    this.#entry = view.getUint32(52, true)
    for (const [at, value] of [m, 2 * m, m].entries())
      expect(long(view, 56 + 8 * at) === value, `the graph was not made with m = ${m}`)
    // The logarithms of two languages may differ in their last bit.
    expect(Math.abs(view.getFloat64(80, true) * Math.log(m) - 1) < 1e-9, `the graph was not made with m = ${m}`)
    expect(
      long(view, 88) === Math.max(efConstruction, m),
      `the graph was not made with efConstruction = ${efConstruction}`,
    )
    expect(this.#top >= 0 && this.#entry < slots, 'the graph has no entry')
  }

  /** Any number of whole vectors. */
  vectors(bytes: Uint8Array): void {
    const { m, slots, isFree } = this.#shape
    const size = bytesAVector(this.#shape)
    const view = viewOf(bytes)
    expect(bytes.length % size === 0, 'the graph ends within a vector')
    for (let at = 0; at < bytes.length; at += size) {
      const slot = this.#next++
      const head = view.getUint32(at, true)
      expect(head === (head & 0xffff) + (isFree(slot) ? DELETED : 0), 'the graph has deleted another vector')
      this.#links(view, at, 2 * m, () => true)
      expect(slot < slots && long(view, at + size - 8) === slot, 'the graph has its vectors in other slots')
    }
  }

  /** All that comes behind the vectors. */
  upperLayers(bytes: Uint8Array): void {
    const { m, slots } = this.#shape
    expect(this.#next === slots, 'the graph ends before its last vector')
    const view = viewOf(bytes)
    const layers = this.#layersOf(view)
    expect(layers[this.#entry] === this.#top, 'the graph has its entry in another layer')
    let at = 0
    for (let slot = 0; slot < slots; slot++) {
      at += 4
      for (let layer = 1; layer <= layers[slot]!; layer++, at += 4 + 4 * m) {
        this.#links(view, at, m, (other) => layers[other]! >= layer)
      }
    }
  }

  /** In how many layers above the lowest each vector is. */
  #layersOf(view: DataView): Uint8Array {
    const { m, slots } = this.#shape
    const layers = new Uint8Array(slots)
    let at = 0
    for (let slot = 0; slot < slots; slot++) {
      expect(at + 4 <= view.byteLength, 'the graph ends within its upper layers')
      const bytes = view.getUint32(at, true)
      layers[slot] = bytes / (4 + 4 * m)
      expect(
        bytes === layers[slot]! * (4 + 4 * m) && layers[slot]! <= this.#top,
        'the graph has a layer of another shape',
      )
      at += 4 + bytes
    }
    expect(at === view.byteLength, 'the graph does not end where it should')
    return layers
  }

  /** The links that are listed at `at`. */
  #links(view: DataView, at: number, most: number, mayLead: (slot: number) => boolean): void {
    const count = view.getUint16(at, true)
    expect(count <= most, 'the graph has more links than it may')
    for (let nth = 1; nth <= count; nth++) {
      const slot = view.getUint32(at + 4 * nth, true)
      expect(slot < this.#shape.slots && mayLead(slot), 'the graph has a link that leads nowhere')
    }
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

function long(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
