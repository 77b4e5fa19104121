/** What is no whole snapshot of such an index is refused with an error that says why: never an index, never a crash. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '@image-recommender/core/testing'
import { type HnswIndexOptions, openHnswIndex } from '@image-recommender/index-hnsw'
import { beforeAll, describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { apart, redescribed, together, withPart } from '../../../core/test/exact-index/snapshot/support/file-parts.ts'
import { expectRefused, openDamaged, savedIndex, shape } from '../support/damaged-snapshot.ts'
import { denseEntries } from '../support/entries.ts'
import { testFolder } from '../support/folder.ts'

const PATIENCE = 120_000
// For more of them, name more: so many places of the whole, and of each part of the graph.
const FLIPS = Number(process.env.FLIPS ?? (inFull ? '150' : '30'))
let file: Buffer

beforeAll(async () => {
  file = await savedIndex()
})

async function expectIndexFailed(path: string, reason: RegExp, options: HnswIndexOptions = shape): Promise<void> {
  const failure = { name: 'RecommenderError', code: 'INDEX_FAILED', message: expect.stringMatching(reason) }
  await expect(openHnswIndex(path, options)).rejects.toMatchObject(failure)
  await expect(openHnswIndex(path, options)).rejects.toThrow(path)
}

it('is whole, to begin with', async () => {
  const { path } = testFolder()
  writeFileSync(path, file)
  const index = await openHnswIndex(path, shape)
  expect([await index.position(), (await index.counts()).total]).toEqual(['p:1', 360])
  await index.close()
})

it(
  'bits flipped, in every part and between them',
  async () => {
    const random = seededRandom(1)
    const places = Array.from({ length: FLIPS }, () => Math.floor(8 * file.length * random()))
    const edges = Array.from({ length: inFull ? 100 : 20 }, (_, bit) => [bit, 8 * file.length - 1 - bit]).flat()
    let begin = 12
    for (const { length } of apart(file).parts) {
      const within = Array.from({ length: inFull ? 15 : 4 }, () => Math.floor(8 * (length + 8) * random()))
      places.push(...within.map((bit) => 8 * begin + bit))
      begin += length + 8
    }
    for (const bit of [...places, ...edges]) {
      const damaged = Buffer.from(file)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      await expectRefused(damaged, undefined, `bit ${bit & 7} of byte ${bit >> 3} of ${file.length}`)
    }
  },
  PATIENCE,
)

it(
  'cut off anywhere, longer, or with a part missing, twice or moved',
  async () => {
    const random = seededRandom(2)
    const near = Array.from({ length: inFull ? 40 : 10 }, (_, at) => at)
    const lengths = [...near, ...near.map((at) => file.length - 1 - at)]
    for (let n = 0; n < (inFull ? 120 : 10); n++) lengths.push(Math.floor(file.length * random()))
    for (const length of lengths) await expectRefused(file.subarray(0, length), /cut off/, `${length} bytes`)
    for (const more of [Buffer.of(0), file.subarray(-8), file])
      await expectRefused(Buffer.concat([file, more]), /bytes follow its end/)
    const { head, parts } = apart(file)
    for (const at of parts.keys()) {
      const without = parts.filter((_, place) => place !== at)
      await expectRefused(together({ head, parts: without }), undefined, `without part ${at}`)
      await expectRefused(
        together({ head, parts: parts.flatMap((part, place) => (place === at ? [part, part] : [part])) }),
        undefined,
        `part ${at} twice`,
      )
    }
    await expectRefused(together({ head, parts: [...parts].reverse() }))
  },
  PATIENCE,
)

describe('by what ships, with the path and the reason', () => {
  it.each<[string, (file: Buffer) => Uint8Array, RegExp]>([
    ['nothing', () => Buffer.alloc(0), /cut off at byte 0/],
    ['zeros', () => Buffer.alloc(1e5), /no snapshot of an HNSW index/],
    ['text', () => Buffer.from('{ "dimensions": 6 }'), /no snapshot/],
    ['a snapshot of the exact index', () => Buffer.from('\u0089IMAGES\n\u0001\0\0\0', 'latin1'), /no snapshot/],
    ['a newer version', (whole) => Buffer.concat([whole.subarray(0, 8), Buffer.of(2), whole.subarray(9)]), /version 2/],
    ['half of it', (whole) => whole.subarray(0, whole.length / 2), /cut off/],
    ['hnswlib’s own file', (whole) => Buffer.concat(apart(whole).parts.slice(-3)), /no snapshot/],
    [
      'a flipped bit in the graph',
      (whole) => {
        const flipped = Buffer.from(whole)
        flipped[whole.length - 500]! ^= 16
        return flipped
      },
      /checksum/,
    ],
  ])('%s', async (_, bytes, reason) => {
    const { path } = testFolder()
    writeFileSync(path, bytes(file))
    await expectIndexFailed(path, reason)
  })

  it('no file, a folder, a path below a file, a link to nowhere', async () => {
    const { folder, path } = testFolder()
    mkdirSync(join(folder, 'folder'))
    writeFileSync(path, file)
    symlinkSync(join(folder, 'nothing'), join(folder, 'to nowhere'))
    await expectIndexFailed(join(folder, 'nothing'), /ENOENT/)
    await expectIndexFailed(join(folder, 'folder'), /EISDIR/)
    await expectIndexFailed(join(path, 'below'), /ENOTDIR/)
    await expectIndexFailed(join(folder, 'to nowhere'), /ENOENT/)
  })

  it.each<[HnswIndexOptions, RegExp]>([
    [{ ...shape, dimensions: 7 }, /dimensions 6, not 7/],
    [{ ...shape, metric: 'cosine' }, /metric euclidean, not cosine/],
    [{ ...shape, m: 5 }, /m 4, not 5/],
    [{ ...shape, efConstruction: 21 }, /efConstruction 20, not 21/],
  ])('opened with %j', async (options, reason) => {
    const { path } = testFolder()
    writeFileSync(path, file)
    await expectIndexFailed(path, reason, options)
  })
})

// No damage, but what a program with a bug could have written, or somebody on purpose.
describe('with right checksums', () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [{ images: 359 }, /as many images as it says/],
    [{ images: 401 }, /401 images in 400 slots/],
    [{ images: undefined }, /images/],
    [{ slots: 399 }, /another size|ends|shape/],
    [{ slots: 401 }, /another size/],
    [{ slots: 0 }, /360 images in 0 slots/],
    [{ slots: -1 }, /slots/],
    [{ slots: '400' }, /slots/],
    [{ slots: 2 ** 31 }, /slots/],
    [{ position: 7 }, /position/],
    [{ byteOrder: 'big' }, /order of bytes/],
  ])('a description with %j', async (change, reason) => {
    await expectRefused(together(redescribed(apart(file), change)), reason)
  })

  it.each(['', '{', 'null', '[]', '7', '"euclidean"', '{}', '\0'])(
    'a description or piece that is %j',
    async (text) => {
      for (const part of [0, 1]) await expectRefused(together(withPart(apart(file), part, Buffer.from(text))))
    },
  )

  it('a vector that is not finite, an id twice, tags that are not there', async () => {
    const whole = apart(file)
    const vectors = Buffer.from(whole.parts[2]!)
    vectors.writeFloatLE(Number.NaN, 40)
    await expectRefused(together(withPart(whole, 2, vectors)), /not finite/)
    const piece = JSON.parse(Buffer.from(whole.parts[1]!).toString())
    const withPiece = (change: object) =>
      together(withPart(whole, 1, Buffer.from(JSON.stringify({ ...piece, ...change }))))
    await expectRefused(withPiece({ ids: piece.ids.fill(piece.ids.at(-1), 300, 302) }), /two images with the id/)
    await expectRefused(withPiece({ tags: piece.tags.with(3, 99) }), /no such tags/)
    await expectRefused(withPiece({ tags: piece.tags.slice(1) }), /another size/)
  })

  it(
    'a graph with bits flipped is refused, or does no harm',
    async () => {
      const whole = apart(file)
      const random = seededRandom(3)
      let refused = 0
      const flips: [number, number][] = []
      for (const part of [3, 4, 5]) {
        const bits = 8 * whole.parts[part]!.length
        const count = Math.min(bits, FLIPS)
        for (let nth = 0; nth < count; nth++) flips.push([part, Math.floor(bits * random())])
      }
      const { path } = testFolder()
      for (const [part, bit] of flips) {
        const bytes = whole.parts[part]!.slice()
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        writeFileSync(path, together(withPart(whole, part, bytes)))
        const index = await openDamaged(path).catch(() => undefined)
        if (!index) {
          refused++
          continue
        }
        await index.search({ vector: denseEntries(1, 6, 4)[0]!.vector, limit: 20 })
        await index.write({ put: denseEntries(60, 6, 5).map((entry) => ({ ...entry, id: `new ${entry.id}` })) })
        await index.search({ vector: denseEntries(1, 6, 4)[0]!.vector, limit: 20 })
      }
      // Values of vectors, which lead astray at the worst, are the rest.
      expect(refused / flips.length).toBeGreaterThan(0.5)
    },
    PATIENCE,
  )
})
