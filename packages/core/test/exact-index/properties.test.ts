import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { IndexBesideModel } from './support/index-beside-model.ts'
import { type Step, steps } from './support/steps.ts'
import { siblingsOf, vectorRecipe, vectorsOf } from './support/vector-recipes.ts'
import { World } from './support/world.ts'

// The same runs every time; to look farther, name another seed and more runs.
const { PROPERTY_SEED = '1', PROPERTY_RUNS = inFull ? '100' : '12' } = process.env

const dimensions = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 90 }) },
  { weight: 2, arbitrary: fc.constant(300) },
  { weight: 1, arbitrary: fc.constant(4096) },
)
const recipes = fc.array(vectorRecipe, { minLength: 4, maxLength: 40, size: 'max' })

const folder = mkdtempSync(join(tmpdir(), 'exact-index-'))
afterAll(() => rmSync(folder, { recursive: true }))

it.each(['euclidean', 'cosine'] as const)(
  'an index by %s distance answers like a comparison with every vector, whatever has happened to it',
  async (metric) => {
    const property = fc.asyncProperty(dimensions, recipes, steps, async (dimensions, recipes, steps) => {
      const world = new World(dimensions, vectorsOf(recipes, dimensions))
      const both = new IndexBesideModel(dimensions, metric)
      for (const step of steps) await take(step, world, both)
      await both.expectSameAnswers([{ vector: world.vector(0), limit: both.model.entries.size + 1 }])
      await both.expectSameCounts()
      await both.index.close()
    })
    await fc.assert(property, { seed: Number(PROPERTY_SEED), numRuns: Number(PROPERTY_RUNS) })
  },
  600_000,
)

async function take(step: Step, world: World, both: IndexBesideModel): Promise<void> {
  switch (step.do) {
    case 'put':
      return both.put(
        step.entries.map(({ id, vector, tags }) => ({ id: world.id(id), vector: world.vector(vector), tags })),
        step.position,
      )
    case 'delete':
      return both.delete(
        step.ids.map((id) => world.id(id)),
        step.position,
      )
    case 'load': {
      const vectors = siblingsOf(world.vector(step.like), step.count, step.seed)
      const ids = world.loadedIds(step.first, step.count)
      return both.put(ids.map((id, at) => ({ id, vector: vectors[at]!, tags: at % 2 === 0 ? ['red'] : [] })))
    }
    case 'unload':
      return both.delete(world.loadedIds(step.first, step.count))
    case 'search':
      return both.expectSameAnswers([
        { vector: world.vector(step.vector), limit: step.limit, where: world.filter(step.where) },
      ])
    case 'pages': {
      const request = { vector: world.vector(step.vector), limit: step.limit, where: world.filter(step.where) }
      return both.expectSamePages(request, 10)
    }
    case 'go on': {
      const request = { vector: world.vector(step.vector), limit: step.limit, where: world.filter(step.where) }
      const whole = both.model.search({ ...request, limit: Number.POSITIVE_INFINITY })
      const behind = whole[step.behind % whole.length]
      if (!behind) return
      const id = step.id === undefined ? behind.id : world.id(step.id)
      return both.expectSameAnswers([{ ...request, after: { distance: behind.distance, id } }])
    }
    case 'counts':
      await both.expectSameCounts(world.filter(step.where))
      return both.expectSameCounts()
    case 'reopen':
      return both.reopen(join(folder, 'index'))
  }
}
