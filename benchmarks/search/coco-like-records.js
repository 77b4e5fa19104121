import { cocoLike } from './coco-like.js'
import { Random } from './vectors/random.js'

/** What an album of the collection is called; every image is in one. */
export const ALBUMS = Array.from({ length: 50 }, (_, at) => `album:${at}`)

/** A stream of records in a space with the classes of COCO. Vectors are as those of photographs; boxes, colours, palettes and hashes made at random. */
export function cocoLikeRecords(spaceId, seed) {
  return new CocoLikeRecords(spaceId, seed)
}

class CocoLikeRecords {
  #spaceId
  #vectors
  #facts

  constructor(spaceId, seed) {
    this.#spaceId = spaceId
    this.#vectors = cocoLike(seed)
    this.#facts = new Random(seed + 3)
  }

  next(id) {
    const vector = this.#vectors.next()
    const objects = [...vector].flatMap((score, axis) => (score > 0 ? [this.#placed(axis, score)] : []))
    objects.sort((one, other) => other.score - one.score)
    const palette = [0.4, 0.25, 0.15, 0.1, 0.1].map((share) => ({ color: this.#color(), share }))
    return {
      id,
      spaceId: this.#spaceId,
      objects,
      vector,
      width: 640,
      height: 480,
      appearance: { palette, hash: this.#word() + this.#word() },
      tags: [ALBUMS[Math.floor(this.#facts.fraction() * ALBUMS.length)]],
      metadata: {},
      contentHash: null,
      embedding: null,
    }
  }

  #placed(axis, score) {
    const [width, height] = [0.1 + 0.5 * this.#facts.fraction(), 0.1 + 0.5 * this.#facts.fraction()]
    const [x, y] = [(1 - width) * this.#facts.fraction(), (1 - height) * this.#facts.fraction()]
    return { axis, score, box: [x, y, width, height], color: this.#color() }
  }

  #color() {
    return [100 * this.#facts.fraction(), 80 * this.#facts.fraction() - 40, 80 * this.#facts.fraction() - 40]
  }

  #word() {
    return Math.floor(this.#facts.fraction() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  }
}
