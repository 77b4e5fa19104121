/** What is no whole snapshot of such an index is refused with an error that says why: never an index, never a hang. */
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { type ExactIndexOptions, openExactIndex } from '../../../src/exact-index/index.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { completeShape, completeSnapshot } from './support/complete-index.ts'
import { expectIndexFailed, failureOf } from './support/failures.ts'
import { apart, redescribed, together } from './support/file-parts.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'

const PATIENCE = 60_000

async function expectRefused(path: string, reason?: RegExp, what?: string, options: ExactIndexOptions = completeShape) {
  expectIndexFailed(await failureOf(openExactIndex(path, options)), path, reason, what)
}

describe('bits flipped', () => {
  /** All of them, or one of each byte. */
  const bitsOfBytes = (bytes: number) =>
    inFull
      ? Array.from({ length: 8 * bytes }, (_, bit) => bit)
      : Array.from({ length: bytes }, (_, at) => 8 * at + (at & 7))

  async function expectEachRefused(bits: Iterable<number>): Promise<void> {
    const file = await completeSnapshot()
    const { path } = snapshotFolder()
    for (const bit of bits) {
      file[bit >> 3]! ^= 1 << (bit & 7)
      writeFileSync(path, file)
      await expectRefused(path, undefined, `bit ${bit & 7} of byte ${bit >> 3} of ${file.length}`)
      file[bit >> 3]! ^= 1 << (bit & 7)
    }
    // Else it would not have been the flipped bits that were refused.
    writeFileSync(path, file)
    await (await openExactIndex(path, completeShape)).close()
  }

  it.each(inFull ? [1, 2, 3, 4] : [1])(
    'at hundreds of places anywhere, seed %i',
    async (seed) => {
      const random = seededRandom(seed)
      const { length } = await completeSnapshot()
      await expectEachRefused(Array.from({ length: inFull ? 600 : 150 }, () => Math.floor(8 * length * random())))
    },
    PATIENCE,
  )

  it('anywhere in the first 64 bytes', () => expectEachRefused(bitsOfBytes(64)), PATIENCE)

  it(
    'anywhere in the last 64 bytes',
    async () => {
      const { length } = await completeSnapshot()
      await expectEachRefused(bitsOfBytes(64).map((bit) => 8 * (length - 64) + bit))
    },
    PATIENCE,
  )
})

it(
  'cut off anywhere',
  async () => {
    const file = await completeSnapshot()
    const { path } = snapshotFolder()
    const random = seededRandom(5)
    const near = Array.from({ length: inFull ? 80 : 20 }, (_, at) => at)
    const lengths = [...near, ...near.map((at) => file.length - 1 - at)]
    for (let n = 0; n < (inFull ? 200 : 20); n++) lengths.push(Math.floor(file.length * random()))
    for (const length of lengths) {
      writeFileSync(path, file)
      truncateSync(path, length)
      await expectRefused(path, /cut off/, `${length} of ${file.length} bytes`)
    }
  },
  PATIENCE,
)

it('longer than it should be', async () => {
  const file = await completeSnapshot()
  const { path } = snapshotFolder()
  const more = [Buffer.of(0), Buffer.of(255), Buffer.from('\n'), file.subarray(-8), file, Buffer.alloc(5e6)]
  for (const added of more) {
    writeFileSync(path, Buffer.concat([file, added]))
    await expectRefused(path, new RegExp(`${added.length} bytes follow its end`))
  }
})

describe('no snapshot at all', () => {
  // Of one grey pixel.
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
    'base64',
  )
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', Buffer.alloc(0), /cut off at byte 0/],
    ['a PNG', png, /no snapshot/],
    ['zeros', Buffer.alloc(1e6), /no snapshot/],
    ['ones', Buffer.alloc(1e6, 255), /no snapshot/],
    ['text', Buffer.from('{ "dimensions": 81, "metric": "euclidean" }'), /no snapshot/],
    ['the mark alone', Buffer.from('\u0089IMAGES\n', 'latin1'), /cut off/],
    [
      'a mark that has gone through a text editor',
      Buffer.from('\u0089IMAGES\r\n\u0001\0\0\0', 'latin1'),
      /no snapshot/,
    ],
    ['a mark read as UTF-8', Buffer.from('\u0089IMAGES\n\u0001\0\0\0'), /no snapshot/],
  ])('%s', async (_, bytes, reason) => {
    const { path } = snapshotFolder()
    writeFileSync(path, bytes)
    await expectRefused(path, reason)
  })

  it('no file, a folder, a path below a file, a link to nowhere, a link to itself', async () => {
    const { folder, path } = snapshotFolder()
    const at = (name: string) => join(folder, name)
    mkdirSync(at('folder'))
    writeFileSync(path, await completeSnapshot())
    symlinkSync(at('nothing'), at('to nowhere'))
    symlinkSync(at('to itself'), at('to itself'))
    await expectRefused(at('nothing'), /ENOENT/)
    await expectRefused(at('nothing/at all'), /ENOENT/)
    await expectRefused(at('folder'), /EISDIR/)
    await expectRefused(join(path, 'below'), /ENOTDIR/)
    await expectRefused(at('to nowhere'), /ENOENT/)
    await expectRefused(at('to itself'), /ELOOP/)
  })

  it('a file that is still being written', async () => {
    const { path } = snapshotFolder()
    const beside = `${path}.0d3e2bcf-ee7e-4c04-b09c-0aa46d3d8fd5.tmp`
    writeFileSync(beside, (await completeSnapshot()).subarray(0, -8))
    await expectRefused(path, /ENOENT/)
    await expectRefused(beside, /cut off/)
  })
})

describe('the snapshot of another index', () => {
  it.each<[ExactIndexOptions, RegExp]>([
    [{ ...completeShape, dimensions: 80 }, /81 dimensions and euclidean .* not 80 and euclidean/],
    [{ ...completeShape, dimensions: 1 }, /81 dimensions/],
    [{ ...completeShape, dimensions: 4096 }, /not 4096/],
    [{ ...completeShape, metric: 'cosine' }, /81 dimensions and euclidean .* not 81 and cosine/],
    [{ dimensions: 81 }, /not 81 and cosine/],
  ])('than %j', async (options, reason) => {
    const { path } = snapshotFolder()
    writeFileSync(path, await completeSnapshot())
    await expectRefused(path, reason, undefined, options)
  })

  it.each([0, 2, 3, 255])('of version %i', async (version) => {
    const file = apart(await completeSnapshot())
    const { path } = snapshotFolder()
    file.head[8] = version
    writeFileSync(path, together(file))
    await expectRefused(path, new RegExp(`version ${version}, .*version 1`))
  })

  it('of a machine with another order of bytes', async () => {
    const file = apart(await completeSnapshot())
    const { path } = snapshotFolder()
    const { byteOrder } = JSON.parse(Buffer.from(file.parts[0]!).toString())
    const other = byteOrder === 'little' ? 'big' : 'little'
    writeFileSync(path, together(redescribed(file, { byteOrder: other })))
    await expectRefused(path, /order of bytes/)
  })
})

// No damage, but what a program with a bug could have written.
describe('parts that do not make what they say, their checksums being right:', () => {
  it.each([0, 145, 147, 1e9, undefined])('%s images', async (images) => {
    const { path } = snapshotFolder()
    writeFileSync(path, together(redescribed(apart(await completeSnapshot()), { images })))
    await expectRefused(path, /as many images as it says/)
  })

  it('another number of parts', async () => {
    const file = apart(await completeSnapshot())
    const { path } = snapshotFolder()
    for (const count of [0, file.parts.length - 1, file.parts.length + 1, 2 ** 32 - 1]) {
      writeFileSync(path, together(file, count))
      await expectRefused(path, /does not end where it should/)
    }
  })

  it('parts left over, and parts missing at the end', async () => {
    const { head, parts } = apart(await completeSnapshot())
    const { path } = snapshotFolder()
    for (const added of [Buffer.alloc(0), Buffer.alloc(4), parts[0]!]) {
      writeFileSync(path, together({ head, parts: [...parts, added] }))
      await expectRefused(path, /does not end where it should/)
    }
    for (let length = 0; length < parts.length; length++) {
      writeFileSync(path, together({ head, parts: parts.slice(0, length) }))
      await expectRefused(path, /ends before all of its content/, `${length} of ${parts.length} parts`)
    }
  })

  it('a description that is none', async () => {
    const { head, parts } = apart(await completeSnapshot())
    const { path } = snapshotFolder()
    for (const text of ['', '{', 'null', '[]', '7', '"euclidean"', '{}']) {
      writeFileSync(path, together({ head, parts: [Buffer.from(text), ...parts.slice(1)] }))
      const error = await failureOf(openExactIndex(path, completeShape))
      expect(error, text).toMatchObject({ code: 'INDEX_FAILED' })
      expect((error as Error).message, text).toContain(path)
    }
  })
})
