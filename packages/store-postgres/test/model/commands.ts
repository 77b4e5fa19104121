import type { ImageRecord, ImageStore } from '@image-recommender/core'
import { compareUtf8 } from '@image-recommender/core'
import { changesSoFar, sampleRecord } from '@image-recommender/core/testing'
import fc from 'fast-check'
import { expect } from 'vitest'
import { refusal } from '../refusal.ts'
import type { Loss } from './losing-pool.ts'

/** What the store should hold, in the memory of the test. */
export type Model = Map<string, ImageRecord>

/** Stores over the same tables, as several processes have them, and what a reader of the feed has made of it. */
export interface Real {
  readonly stores: ImageStore[]
  /** The first of them loses its next commit; what comes back says whether it has. */
  readonly lose: (loss: Loss) => () => boolean
  readonly reopen: (at: number) => Promise<ImageStore>
  readonly mirror: Map<string, ImageRecord>
  position: string | undefined
}

type Command = fc.AsyncCommand<Model, Real>

/** Few, so that commands meet; some that a careless store would take for the same, or for SQL. */
export const ids = ['a', 'A', 'ä', 'a\u0308', "o'hara", '"; drop table images; --', '\uffff', '\u{10000}', '0', '00']

const id = fc.constantFrom(...ids)
const some = (most: number) => fc.array(id, { minLength: 1, maxLength: most, size: 'max' })
const which = fc.nat(1)

const record: fc.Arbitrary<ImageRecord> = fc
  .record({
    id,
    tags: fc.array(fc.string({ unit: 'binary', maxLength: 6 }), { maxLength: 3 }),
    metadata: fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
      maxKeys: 3,
    }),
    vector: fc.float32Array({ minLength: 1, maxLength: 90, noNaN: true, noDefaultInfinity: true }),
    contentHash: fc.option(fc.constantFrom('ab'.repeat(32), '0f'.repeat(32))),
    width: fc.integer({ min: 1, max: 100_000 }),
  })
  .map(({ id, ...fields }) => sampleRecord(id, fields as Partial<ImageRecord>))

const records = fc.array(record, { minLength: 1, maxLength: 6, size: 'max' })

/** Every command there is; each may come at any time. */
export const commands = fc.commands(
  [
    fc.tuple(records, which).map(([records, at]) => command(`put ${named(records)}`, put(records, at))),
    fc.tuple(some(4), which).map(([ids, at]) => command(`delete ${ids}`, remove(ids, at))),
    fc
      .tuple(records, loss())
      .map(([records, loss]) => command(`put ${named(records)}, ${loss}`, putLost(records, loss))),
    fc.tuple(some(4), loss()).map(([ids, loss]) => command(`delete ${ids}, ${loss}`, removeLost(ids, loss))),
    fc.tuple(some(6), which).map(([ids, at]) => command(`get ${ids}`, get(ids, at))),
    which.map((at) => command('look at all', lookAtAll(at))),
    which.map((at) => command('follow', follow(at))),
    which.map((at) => command('reopen', reopen(at))),
  ],
  { maxCommands: 14, size: 'max' },
)

function loss(): fc.Arbitrary<Loss> {
  return fc.constantFrom('before commit', 'on the way', 'answer lost')
}

function command(name: string, run: Command['run']): Command {
  return { check: () => true, run, toString: () => name }
}

function put(records: readonly ImageRecord[], at: number) {
  return async (model: Model, real: Real) => {
    await real.stores[at]!.put(records)
    for (const it of records) model.set(it.id, it)
  }
}

function remove(ids: readonly string[], at: number) {
  return async (model: Model, real: Real) => {
    await real.stores[at]!.delete(ids)
    for (const id of ids) model.delete(id)
  }
}

/** All of it or nothing is there, and whoever repeats it has it done, once. */
function putLost(records: readonly ImageRecord[], loss: Loss) {
  const after = new Map(records.map((it) => [it.id, it]))
  return async (model: Model, real: Real) => {
    const isLost = real.lose(loss)
    const error = await refusal(real.stores[0]!.put(records))
    expect([error.code, isLost()]).toEqual(['STORE_FAILED', true])
    await expectOneOf(real, [...after.keys()], loss, model, new Map([...model, ...after]))
    await put(records, 0)(model, real)
  }
}

function removeLost(ids: readonly string[], loss: Loss) {
  return async (model: Model, real: Real) => {
    const isLost = real.lose(loss)
    const error = await refusal(real.stores[0]!.delete(ids))
    expect([error.code, isLost()]).toEqual(['STORE_FAILED', true])
    await expectOneOf(real, ids, loss, model, new Map([...model].filter(([id]) => !ids.includes(id))))
    await remove(ids, 0)(model, real)
  }
}

async function expectOneOf(real: Real, ids: readonly string[], loss: Loss, before: Model, after: Model): Promise<void> {
  const found = await real.stores[1]!.get(ids)
  const [old, done] = [before, after].map((model) => ids.map((id) => model.get(id)))
  if (loss === 'before commit') expect(found).toEqual(old)
  else if (loss === 'answer lost') expect(found).toEqual(done)
  else expect([old, done]).toContainEqual(found)
}

function get(ids: readonly string[], at: number) {
  return async (model: Model, real: Real) => {
    expect(await real.stores[at]!.get(ids)).toEqual(ids.map((id) => model.get(id)))
  }
}

function lookAtAll(at: number) {
  return async (model: Model, real: Real) => {
    const store = real.stores[at]!
    const scanned: ImageRecord[] = []
    for await (const it of store.scan()) scanned.push(it)
    expect(scanned).toEqual([...model.values()].sort((a, b) => compareUtf8(a.id, b.id)))
    expect(await store.count()).toBe(model.size)
    const sampled = await store.sample(3)
    expect(new Set(sampled.map(({ id }) => id)).size).toBe(Math.min(3, model.size))
    for (const it of sampled) expect(it).toEqual(model.get(it.id))
  }
}

/** Goes on in the feed where it was, and reads what that names: as an index does. */
export function follow(at: number) {
  return async (model: Model, real: Real) => {
    const store = real.stores[at]!
    const changes = await changesSoFar(store, real.position)
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length)
    const found = await store.get(changes.map(({ id }) => id))
    for (const [nth, { id, position }] of changes.entries()) {
      const now = found[nth]
      if (now) real.mirror.set(id, now)
      else real.mirror.delete(id)
      real.position = position
    }
    expect(sorted(real.mirror)).toEqual(sorted(model))
  }
}

function reopen(at: number) {
  return async (_: Model, real: Real) => {
    await real.stores[at]!.close()
    real.stores[at] = await real.reopen(at)
  }
}

function sorted(records: ReadonlyMap<string, ImageRecord>): [string, ImageRecord][] {
  return [...records].sort(([a], [b]) => compareUtf8(a, b))
}

function named(records: readonly ImageRecord[]): string {
  return records.map(({ id }) => id).join()
}
