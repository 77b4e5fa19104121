/** Draws a position with the probability of its weight, in constant time (Walker, Vose). */
export class AliasTable {
  #keep
  #other

  constructor(weights) {
    const count = weights.length
    let total = 0
    for (const weight of weights) total += weight
    const share = Float64Array.from(weights, (weight) => (weight * count) / total)
    this.#keep = new Float64Array(count).fill(1)
    this.#other = Uint32Array.from(share, (_, at) => at)
    const [poor, rich] = [[], []]
    for (let at = 0; at < count; at++) (share[at] < 1 ? poor : rich).push(at)
    while (poor.length > 0 && rich.length > 0) {
      const [from, to] = [poor.pop(), rich.pop()]
      this.#keep[from] = share[from]
      this.#other[from] = to
      share[to] -= 1 - share[from]
      ;(share[to] < 1 ? poor : rich).push(to)
    }
  }

  draw(random) {
    const place = random.fraction() * this.#keep.length
    const at = Math.floor(place)
    return place - at < this.#keep[at] ? at : this.#other[at]
  }
}
