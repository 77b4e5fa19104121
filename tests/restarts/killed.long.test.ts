/** The store is the truth: wherever a process is killed, the next one has all that was acknowledged, and finds it as brute force would. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COCO_AXES, compareUtf8, distanceOf } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { afterAll, expect, it } from 'vitest'
import { type Found, livedThrough } from './application-process.ts'
import { KnownWrites } from './known-writes.ts'

/** A kill takes seconds; ten at each point were tried, see docs/reliability.md. */
const KILLS = Number(process.env.KILLS ?? 2)
const { POINT } = process.env
const seed = Number(process.env.KILL_SEED ?? Math.floor(2 ** 31 * Math.random()))
/** Who has not come by its point until then is killed wherever it is; in milliseconds. */
const LONGEST_LIFE = 40_000

/** How often a process may come by there before it ends. */
const points: Readonly<Record<string, number>> = {
  'while an image is described': 20,
  'before store.put': 20,
  'before store.delete': 8,
  'amid a transaction': 30,
  'before commit': 20,
  'commit on its way': 20,
  'between store and index': 20,
  'before a writer writes the index': 20,
  'behind a writer that wrote the index': 20,
  'between reading the store and writing the index': 10,
  'before the follower writes the index': 5,
  'behind the follower that wrote the index': 5,
  'amid the bytes of a saved index': 4,
  'before a saved index is on the disk': 3,
  'between the bytes of a saved index and its name': 3,
  'between the name of a saved index and the end of the save': 3,
  'behind a save': 3,
  'while a saved index is read': 1,
}

const folder = mkdtempSync(join(tmpdir(), 'restarts-'))
afterAll(() => rmSync(folder, { recursive: true }))
const random = seededRandom(seed)
/** One store for all: what one point has spoilt, the next would meet. */
const known = { exact: new KnownWrites(), hnsw: new KnownWrites() }
const deaths = new Map<string, number>()

async function life(kind: 'exact' | 'hnsw', point: string): Promise<boolean> {
  const [database, snapshot, journal] = ['database', 'index', 'journal'].map((name) => join(folder, `${kind}.${name}`))
  const plan = { point, after: 1 + Math.floor(points[point]! * random()), pauses: 0.05 }
  const given = {
    database: database!,
    snapshot: snapshot!,
    journal: journal!,
    kind,
    seed: Math.floor(2 ** 31 * random()),
    plan,
  }
  const { found, metItsEnd } = await livedThrough(given, LONGEST_LIFE)
  if (found) {
    known[kind].expect(found.records, `${kind}, seed ${seed}, before “${point}”`)
    expectFoundAsByBruteForce(found)
  }
  known[kind].take(journal!)
  return metItsEnd
}

/** What the index and the recommender find is what a comparison with each record that has objects finds. */
function expectFoundAsByBruteForce({ records, searches, counts, count }: Found): void {
  const vectors = records.map(({ id, vector }) => ({ id, vector: Float32Array.from(vector) }))
  const recognised = vectors.filter(({ vector }) => vector.some((value) => value !== 0))
  expect(count).toBe(records.length)
  expect(counts.total).toBe(recognised.length)
  const perAxis = COCO_AXES.map((_, axis) => recognised.filter(({ vector }) => vector[axis]! > 0).length)
  expect(counts.perAxis).toEqual(perAxis)
  const distance = distanceOf('cosine')
  for (const { objects, items } of searches) {
    const query = Float32Array.from(COCO_AXES, (axis) => objects[axis] ?? 0)
    const all = recognised.map(({ id, vector }) => ({ id, distance: distance(query, vector) }))
    expect(items).toEqual(all.sort((a, b) => a.distance - b.distance || compareUtf8(a.id, b.id)))
  }
}

it.each(Object.keys(points).filter((point) => POINT === undefined || point === POINT))(
  `${KILLS} times %s`,
  async (point) => {
    for (let tries = 0; (deaths.get(point) ?? 0) < KILLS; tries++) {
      // Of one that was never saved, nothing is read.
      expect(tries, 'it hardly ever comes by there').toBeLessThan(3 * KILLS + 3)
      const metItsEnd = await life(tries % 3 === 2 ? 'hnsw' : 'exact', point)
      if (metItsEnd) deaths.set(point, (deaths.get(point) ?? 0) + 1)
    }
  },
  KILLS * 200_000,
)

it('and whoever comes last finds all that was acknowledged', async () => {
  for (const kind of ['exact', 'hnsw'] as const) await life(kind, 'while an image is described')
  const kills = [...deaths.values()].reduce((sum, count) => sum + count, 0)
  console.log(
    `seed ${seed}: ${kills} killed at ${deaths.size} points; ${known.exact.acknowledged} + ${known.hnsw.acknowledged} calls acknowledged`,
  )
  expect(known.exact.acknowledged).toBeGreaterThan(kills)
}, 1_200_000)
