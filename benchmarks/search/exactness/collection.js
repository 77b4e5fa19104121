import { dimensions, largestSet } from '../coco-like.js'
import { idOf } from '../ids.js'
import { Nearest } from '../nearest.js'

/** The id of image number `at`: of every three, two are numbers and one is a name. */
export const idOfImage = (at) => idOf(at, at % 3 === 2 ? 'names' : 'numbers')

/** Every so-many-th image has the tag. */
const tagged = { even: 2, tenth: 10 }
const hasTag = (image, tag) => image % tagged[tag] === 0

/** The tags of image number `at`. */
export const tagsOfImage = (at) => Object.keys(tagged).filter((tag) => hasTag(at, tag))

/** Images in plain arrays, which are all read for every answer. Nothing in here knows how the index works. */
export class Collection {
  #metric
  #axes = new Uint8Array(largestSet * 1024)
  #scores = new Float32Array(largestSet * 1024)
  /** Row r has the objects from #starts[r] to before #starts[r + 1]; #images[r] is its image, -1 where it has gone. */
  #starts = new Uint32Array(1024)
  #images = new Int32Array(1024)
  #rows = 0
  #end = 0
  #rowOfImage = new Map()

  constructor(metric) {
    this.#metric = metric
  }

  get size() {
    return this.#rowOfImage.size
  }

  put(image, vector) {
    this.delete(image)
    this.#makeRoom()
    for (let axis = 0; axis < dimensions; axis++) {
      if (vector[axis] === 0) continue
      this.#axes[this.#end] = axis
      this.#scores[this.#end++] = vector[axis]
    }
    this.#images[this.#rows] = image
    this.#rowOfImage.set(image, this.#rows++)
    this.#starts[this.#rows] = this.#end
  }

  delete(image) {
    const row = this.#rowOfImage.get(image)
    if (row === undefined) return
    this.#images[row] = -1
    this.#rowOfImage.delete(image)
  }

  /** The first `limit` images behind `after` that pass, as `{ id, distance }`: by distance, then by the bytes of the id. */
  search({ vector, limit, where, after }) {
    const passes = this.#conditionsOf(where)
    const { far, exact } = this.#metric === 'euclidean' ? this.#euclidean(vector) : this.#cosine(vector)
    const nearest = new Nearest(limit)
    const found = []
    const [images, starts] = [this.#images, this.#starts]
    const least = after?.distance ?? 0
    let bound = Number.POSITIVE_INFINITY
    for (let row = 0, rows = this.#rows; row < rows; row++) {
      const image = images[row]
      if (image < 0) continue
      if (far(starts[row], starts[row + 1], bound) || !passes(image, row)) continue
      const apart = exact(starts[row], starts[row + 1])
      if (apart > bound || apart < least) continue
      if (apart === after?.distance && byPlace({ id: idOfImage(image), distance: apart }, after) <= 0) continue
      nearest.offer(apart, image)
      bound = nearest.bound
      found.push({ image, distance: apart })
    }
    return found
      .filter((match) => match.distance <= bound)
      .map(({ image, distance }) => ({ id: idOfImage(image), distance }))
      .sort(byPlace)
      .slice(0, limit)
  }

  #valueOf(row, axis) {
    for (let at = this.#starts[row]; at < this.#starts[row + 1]; at++) {
      if (this.#axes[at] === axis) return this.#scores[at]
    }
    return 0
  }

  #conditionsOf({ axes = {}, tags = {}, exclude = [] } = {}) {
    const excluded = new Set(exclude)
    const { all = [], any = [], none = [] } = axes
    return (image, row) => {
      const holds = ({ axis, atLeast = 0 }) => {
        const value = this.#valueOf(row, axis)
        return value > 0 && value >= atLeast
      }
      if (!all.every(holds) || none.some(holds) || (any.length > 0 && !any.some(holds))) return false
      for (const tag of tags.all ?? []) if (!hasTag(image, tag)) return false
      for (const tag of tags.none ?? []) if (hasTag(image, tag)) return false
      return excluded.size === 0 || !excluded.has(idOfImage(image))
    }
  }

  #euclidean(query) {
    const [axes, scores] = [this.#axes, this.#scores]
    const own = query.reduce((sum, value) => sum + value * value, 0)
    const far = (start, end, bound) => {
      let square = own
      for (let at = start; at < end; at++) square += scores[at] * (scores[at] - 2 * query[axes[at]])
      // A sum in another order may differ in its last bits.
      return square > bound * bound + 1e-9
    }
    const exact = (start, end) => {
      let sum = 0
      let at = start
      for (let axis = 0; axis < dimensions; axis++) {
        const difference = query[axis] - (at < end && axes[at] === axis ? scores[at++] : 0)
        sum += difference * difference
      }
      return Math.sqrt(sum)
    }
    return { far, exact }
  }

  #cosine(query) {
    const [axes, scores] = [this.#axes, this.#scores]
    const own = query.reduce((sum, value) => sum + value * value, 0)
    const exact = (start, end) => {
      let [dot, square] = [0, 0]
      for (let at = start; at < end; at++) {
        dot += query[axes[at]] * scores[at]
        square += scores[at] * scores[at]
      }
      return own === 0 || square === 0 ? 1 : Math.max(0, 1 - dot / Math.sqrt(own * square))
    }
    return { far: (start, end, bound) => exact(start, end) > bound, exact }
  }

  #makeRoom() {
    if (this.#end + dimensions > this.#axes.length) {
      this.#axes = grown(this.#axes)
      this.#scores = grown(this.#scores)
    }
    if (this.#rows + 2 > this.#images.length) {
      this.#images = grown(this.#images)
      this.#starts = grown(this.#starts)
    }
  }
}

function grown(array) {
  const larger = new array.constructor(2 * array.length)
  larger.set(array)
  return larger
}

function byPlace(a, b) {
  return a.distance - b.distance || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
}
