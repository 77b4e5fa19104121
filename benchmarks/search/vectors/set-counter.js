/** How many different sets of classes there have been. */
export class SetCounter {
  // Two sets share a key once in 2^53: the millions of the largest check are far from meeting.
  #seen = new Set()

  get distinct() {
    return this.#seen.size
  }

  /** The set is in `axes`, from `start` to before `end`, ascending. */
  add(axes, start, end) {
    let [high, low] = [0x9e3779b9, 0x85ebca6b]
    for (let at = start; at < end; at++) {
      high = mix(high ^ (axes[at] + 1))
      low = mix(low + Math.imul(axes[at] + 1, 0xcc9e2d51))
    }
    this.#seen.add((high >>> 11) * 2 ** 32 + (low >>> 0))
  }
}

function mix(value) {
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d)
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b)
  return value ^ (value >>> 16)
}
