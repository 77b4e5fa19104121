import { readdir } from 'node:fs/promises'
import fc from 'fast-check'
import { expect } from 'vitest'
import { formWith } from '../forms.ts'
import { PNG, withObjects } from '../pictures.ts'
import type { TestApp } from '../test-app.ts'

type Step = { readonly what: 'add' | 'look' | 'search' | 'delete'; readonly which: number }

/** Steps that are taken at once, and then others: what is being looked at is deleted meanwhile. */
const sequences = fc.array(
  fc.array(
    fc.record({
      what: fc.constantFrom<Step['what']>('add', 'look', 'look', 'search', 'delete', 'delete'),
      which: fc.nat({ max: 5 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  { minLength: 2, maxLength: 5 },
)

/** After each of so many sequences of adding, looking, searching and deleting, what was deleted is nowhere, and the rest is there. */
export async function deletingLeavesNothing(test: TestApp, numRuns: number): Promise<void> {
  let looks = 0
  const property = fc.asyncProperty(sequences, async (groups) => {
    const [present, deleted] = [new Set<string>(), new Set<string>()]
    for (const group of [[{ what: 'add', which: 0 } as Step], ...groups]) {
      await Promise.all(group.map((step) => take(test, step, present, deleted, `${looks++}`)))
    }
    expect((await readdir(test.uploads)).sort()).toEqual([...present].sort())
    for (const name of await readdir(test.cache).catch(() => [])) expect(present).toContain(imageOf(name))
    expect(await test.recommender.count()).toBe(present.size)
    const { total } = (await test.inject('/v1/objects')).json()
    expect(total).toBe(present.size)
    for (const id of deleted) {
      for (const what of ['', '/file', '/thumbnail', '/similar']) {
        expect((await test.app.inject(`/v1/images/${id}${what}`)).statusCode).toBe(404)
      }
    }
    for (const id of present) await test.inject({ method: 'DELETE', url: `/v1/images/${id}` })
    expect([await readdir(test.uploads), await readdir(test.cache).catch(() => [])]).toEqual([[], []])
    expect((await test.inject('/v1/objects')).json().total).toBe(0)
  })
  await fc.assert(property, { numRuns })
  expect(test.reported).toEqual([])
}

async function take(
  test: TestApp,
  { what, which }: Step,
  present: Set<string>,
  deleted: Set<string>,
  look: string,
): Promise<void> {
  if (what === 'add') {
    const form = await formWith(withObjects(PNG, { dog: 0.9 }, look))
    const response = await test.inject({ method: 'POST', url: '/v1/images', ...form })
    expect(response.statusCode).toBe(201)
    present.add(response.json().id)
    return
  }
  const id = [...present][which % (present.size || 1)]
  if (id === undefined) return
  if (what === 'delete') {
    // By whoever comes first; nobody may find it afterwards.
    present.delete(id)
    expect((await test.inject({ method: 'DELETE', url: `/v1/images/${id}` })).statusCode).toBe(204)
    deleted.add(id)
    return
  }
  const gone = new Set(deleted)
  if (what === 'look') {
    for (const kind of ['thumbnail', 'file']) await test.inject(`/v1/images/${id}/${kind}`)
    return
  }
  const response = await test.inject(`/v1/images/${id}/similar`)
  // Deleted meanwhile, it may not be there any more.
  if (response.statusCode === 404) return
  for (const item of response.json().items) expect(gone).not.toContain(item.id)
}

/** Whose rendition a file of the cache is. */
function imageOf(name: string): string {
  return name.split('.').slice(0, 2).join('.')
}
