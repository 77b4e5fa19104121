/** More of what damage.test.ts looks at: bits flipped and files cut off, by the thousand. */
import { seededRandom } from '@image-recommender/core/testing'
import { beforeAll, it } from 'vitest'
import { expectRefused, savedIndex } from '../support/damaged-snapshot.ts'

const PATIENCE = 300_000
let file: Buffer

beforeAll(async () => {
  file = await savedIndex()
})

it.each([1, 2, 3, 4])(
  '600 bits flipped anywhere, seed %i',
  async (seed) => {
    const random = seededRandom(100 + seed)
    for (let nth = 0; nth < 600; nth++) {
      const bit = Math.floor(8 * file.length * random())
      const damaged = Buffer.from(file)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      await expectRefused(damaged, undefined, `bit ${bit & 7} of byte ${bit >> 3} of ${file.length}`)
    }
  },
  PATIENCE,
)

it(
  'cut off at 500 places',
  async () => {
    const random = seededRandom(7)
    for (let nth = 0; nth < 500; nth++) {
      const length = Math.floor(file.length * random())
      await expectRefused(file.subarray(0, length), /cut off/, `${length} bytes`)
    }
  },
  PATIENCE,
)
