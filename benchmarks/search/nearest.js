/** Keeps the `limit` smallest distances that are offered, and what they belong to: a heap, the largest on top. */
export class Nearest {
  #limit
  #distances
  #labels
  #count = 0

  constructor(limit) {
    this.#limit = limit
    this.#distances = new Float64Array(limit)
    this.#labels = new Uint32Array(limit)
  }

  /** What a distance must be below to be kept. */
  get bound() {
    return this.#count < this.#limit ? Number.POSITIVE_INFINITY : this.#distances[0]
  }

  offer(distance, label) {
    if (this.#count < this.#limit) this.#rise(this.#count++, distance, label)
    else if (distance < this.#distances[0]) this.#sink(distance, label)
  }

  /** Ascending. */
  distances() {
    return this.#distances.slice(0, this.#count).sort()
  }

  /** The nearest first. */
  labels() {
    return Array.from({ length: this.#count }, (_, at) => at)
      .sort((a, b) => this.#distances[a] - this.#distances[b])
      .map((at) => this.#labels[at])
  }

  #rise(at, distance, label) {
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#distances[parent] >= distance) break
      this.#move(parent, at)
      at = parent
    }
    this.#set(at, distance, label)
  }

  #sink(distance, label) {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#count) break
      if (child + 1 < this.#count && this.#distances[child + 1] > this.#distances[child]) child++
      if (this.#distances[child] <= distance) break
      this.#move(child, at)
      at = child
    }
    this.#set(at, distance, label)
  }

  #move(from, to) {
    this.#set(to, this.#distances[from], this.#labels[from])
  }

  #set(at, distance, label) {
    this.#distances[at] = distance
    this.#labels[at] = label
  }
}
