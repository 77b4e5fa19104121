import fc from 'fast-check'
import type { AxisCondition, Conditions } from '../../../src/similarity-index.ts'

/** Numbers stand for ids and vectors: see `World`. */
export type Step = (typeof kinds)[number] extends fc.Arbitrary<infer S> ? S : never

/** A filter whose axes and ids are still numbers of any size. */
export interface FilterPlan {
  readonly axes: Conditions<AxisPlan>
  readonly tags: Conditions<string>
  readonly exclude: readonly number[]
}

/** `atLeast`: a value, or the number of the vector whose value it is. */
export type AxisPlan = Pick<AxisCondition, 'axis'> & { readonly atLeast?: number | { readonly of: number } | undefined }

const some = <T>(arbitrary: fc.Arbitrary<T>, maxLength: number) => fc.array(arbitrary, { maxLength, size: 'max' })
const several = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 20, size: 'max' })

function conditions<T>(condition: fc.Arbitrary<T>): fc.Arbitrary<Conditions<T>> {
  const list = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: some(condition, 2) })
  return fc.record({ all: list, any: list, none: list })
}

const axis: fc.Arbitrary<AxisPlan> = fc.record({
  axis: fc.oneof({ weight: 4, arbitrary: fc.nat(5) }, fc.nat()),
  atLeast: fc.oneof(fc.constant(undefined), fc.constantFrom(0, 0.7, 0.9, 1, 1.5), fc.record({ of: fc.nat() })),
})
const tag = fc.constantFrom('red', 'blue', 'round', 'nobody')
const id = fc.nat(60)
const filter: fc.Arbitrary<FilterPlan> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ axes: {}, tags: {}, exclude: [] }) },
  { weight: 1, arbitrary: fc.record({ axes: conditions(axis), tags: fc.constant({}), exclude: fc.constant([]) }) },
  { weight: 2, arbitrary: fc.record({ axes: conditions(axis), tags: conditions(tag), exclude: some(id, 3) }) },
)
const position = fc.option(fc.string(), { nil: undefined })
const limit = fc.integer({ min: 1, max: 40 })

const put = fc.record({
  do: fc.constant('put' as const),
  entries: several(fc.record({ id, vector: fc.nat(), tags: fc.uniqueArray(tag, { maxLength: 2 }) })),
  position,
})
const remove = fc.record({ do: fc.constant('delete' as const), ids: several(id), position })
/** Many entries with the classes of one vector, under ids of their own. */
const load = fc.record({
  do: fc.constant('load' as const),
  like: fc.nat(),
  first: fc.nat(200),
  count: fc.integer({ min: 20, max: 300 }),
  seed: fc.nat(),
})
const unload = fc.record({
  do: fc.constant('unload' as const),
  first: fc.nat(200),
  count: fc.integer({ min: 20, max: 300 }),
})
const search = fc.record({ do: fc.constant('search' as const), vector: fc.nat(), limit, where: filter })
const pages = fc.record({ do: fc.constant('pages' as const), vector: fc.nat(), limit, where: filter })
/** From behind a place in the whole answer on, which its own id or another one gives. */
const goOn = fc.record({
  do: fc.constant('go on' as const),
  vector: fc.nat(),
  limit,
  where: filter,
  behind: fc.nat(),
  id: fc.option(id, { nil: undefined }),
})
const counts = fc.record({ do: fc.constant('counts' as const), where: filter })
const reopen = fc.record({ do: fc.constant('reopen' as const) })

const kinds = [put, remove, load, unload, search, pages, goOn, counts, reopen] as const
const weights = [8, 4, 1, 1, 8, 2, 3, 3, 1]

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(...kinds.map((arbitrary, at) => ({ weight: weights[at]!, arbitrary: arbitrary as fc.Arbitrary<Step> }))),
  { minLength: 1, maxLength: 40, size: 'max' },
)
