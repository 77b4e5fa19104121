/**
 * Object vectors as Mask R-CNN finds them on photographs of everyday scenes, as many as wanted: made after the statistics
 * of 5,000 real ones, `statistics.json`.
 */
import { ClassSets, dimensions, largestSet } from './vectors/class-sets.js'
import { Random } from './vectors/random.js'
import { ScoreModel } from './vectors/score-model.js'
import { setTables } from './vectors/set-tables.js'
import { readStatistics } from './vectors/statistics.js'

export { dimensions, largestSet }

const statistics = readStatistics()

/** A stream of vectors. The same seed gives the same stream, however it is cut into batches and whichever form is read. */
export function cocoLike(seed) {
  return new CocoLike(seed)
}

class CocoLike {
  #random
  #sets = new ClassSets(setTables(statistics))
  #scores = new ScoreModel(statistics.scores)

  constructor(seed) {
    this.#random = new Random(seed)
  }

  /** The next `count` vectors, dense, at the beginning of `target`. */
  fill(target, count = target.length / dimensions) {
    target.fill(0, 0, count * dimensions)
    const classes = this.#sets.classes
    for (let at = 0; at < count; at++) {
      const size = this.#sets.draw(this.#random)
      for (let object = 0; object < size; object++) {
        const axis = classes[object]
        target[at * dimensions + axis] = this.#scores.draw(axis, size, this.#random)
      }
    }
    return target
  }

  /** The next vector by itself. */
  next() {
    return this.fill(new Float32Array(dimensions))
  }

  /**
   * The next `count` vectors, sparse: the objects of vector i are at offsets[i] to before offsets[i + 1], axes ascending.
   * Pass a batch of `sparseBatch`. Returns how many objects there are.
   */
  fillSparse({ axes, scores, offsets }, count = offsets.length - 1) {
    const classes = this.#sets.classes
    let end = 0
    offsets[0] = 0
    for (let at = 0; at < count; at++) {
      const size = this.#sets.draw(this.#random)
      for (let object = 0; object < size; object++) {
        const axis = classes[object]
        axes[end] = axis
        scores[end++] = this.#scores.draw(axis, size, this.#random)
      }
      offsets[at + 1] = end
    }
    return end
  }
}

/** Room for `count` vectors in sparse form. */
export function sparseBatch(count) {
  return {
    axes: new Uint8Array(count * largestSet),
    scores: new Float32Array(count * largestSet),
    offsets: new Uint32Array(count + 1),
  }
}
