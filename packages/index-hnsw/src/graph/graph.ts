import type { Metric } from '@image-recommender/core'
import type { NativeGate } from '../thread/native-gate.ts'
import type { Addon } from './addon.ts'
import { nativePoint } from './native-point.ts'

/** Room for so many vectors at first; it doubles whenever it is full. */
const FIRST_CAPACITY = 1024

/** For how many vectors there is room where there are so many. */
export function capacityFor(slots: number): number {
  let capacity = FIRST_CAPACITY
  while (capacity < slots) capacity *= 2
  return capacity
}

export interface GraphShape {
  readonly dimensions: number
  readonly metric: Metric
  readonly m: number
  readonly efConstruction: number
}

/** Where native code is reached: the addon, and the gate that its calls go through. */
export interface Native {
  readonly addon: Addon
  readonly gate: NativeGate
}

/**
 * The graph over the vectors in slots 0 to `slots` - 1, in native memory. It leads to candidates; how far they are is
 * not its business. Vectors have `dimensions` finite values: whoever calls has checked them.
 *
 * Removing a vector only marks it: the graph's paths go on leading through it, until its slot gets another one. A slot
 * that was never used is to be filled only where no other is marked: hnswlib reads freed memory where a new vector
 * meets nothing but marked ones.
 */
export class Graph {
  readonly #shape: GraphShape
  readonly #gate: NativeGate
  readonly #index: InstanceType<Addon['HierarchicalNSW']>
  /** hnswlib-node takes plain arrays alone; this one serves all calls. */
  readonly #point: number[]
  #capacity = 0
  #slots = 0

  constructor({ addon, gate }: Native, shape: GraphShape) {
    this.#shape = shape
    this.#gate = gate
    // By cosine vectors are given to it at length 1, all zeros as they are: 1 - dot product is then the distance of
    // both.
    this.#index = new addon.HierarchicalNSW(shape.metric === 'euclidean' ? 'l2' : 'ip', shape.dimensions)
    this.#point = new Array<number>(shape.dimensions).fill(0)
  }

  /** One more than the highest slot that was ever filled. */
  get slots(): number {
    return this.#slots
  }

  /** Puts a vector into a slot: the next new one, one that was removed, or one whose vector it replaces. */
  put(slot: number, vector: Float32Array): void {
    if (slot === this.#capacity) this.#growFor(slot + 1)
    this.#call(() => this.#index.addPoint(this.#native(vector), slot))
    if (slot === this.#slots) this.#slots++
  }

  /** Takes the vector of a slot out. */
  remove(slot: number): void {
    this.#call(() => this.#index.markDelete(slot))
  }

  /**
   * The slots of `count` vectors near the query, out of those that `admits` lets pass; fewer where the graph leads to
   * no more. `count` is at most `slots`. `admits` must not throw: native code cannot bear it.
   */
  nearest(query: Float32Array, count: number, admits?: (slot: number) => boolean): number[] {
    return this.#call(() => {
      this.#index.setEf(count)
      return this.#index.searchKnn(this.#native(query), count, admits).neighbors
    })
  }

  /**
   * Writes the graph, which has at least one slot, into a file. Where that fails, as on a full disk, nothing is said.
   */
  write(path: string): void {
    this.#call(() => this.#index.writeIndexSync(path))
  }

  /** Reads what `write` wrote of so many slots. Another file, or a damaged one, ends the process: check it before. */
  read(path: string, slots: number): void {
    this.#call(() => {
      this.#index.readIndexSync(path)
      if (this.#index.getCurrentCount() !== slots) throw new Error('the graph does not have as many vectors as it says')
      this.#capacity = this.#index.getMaxElements()
    })
    this.#slots = slots
  }

  #growFor(slots: number): void {
    const { m, efConstruction } = this.#shape
    const capacity = capacityFor(slots)
    this.#call(() => {
      if (this.#capacity === 0) this.#index.initIndex(capacity, m, efConstruction)
      else this.#index.resizeIndex(capacity)
    })
    this.#capacity = capacity
  }

  #native(vector: Float32Array): number[] {
    return nativePoint(vector, this.#shape.metric, this.#point)
  }

  #call<T>(call: () => T): T {
    return this.#gate.pass(call)
  }
}
