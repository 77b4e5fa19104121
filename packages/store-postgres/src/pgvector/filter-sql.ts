import type { AxisCondition, Conditions, Filter } from '@image-recommender/core'
import { integerArray, textArray } from '../database/binary-array.ts'
import { encodeTag } from '../records/tag-text.ts'

/** Parameters of a statement, numbered as they come. */
export class Parameters {
  readonly values: unknown[] = []

  /** Adds one; returns what stands for it in the SQL. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** What must hold of a row for it to pass, as SQL: `true` where nothing is asked. */
export function filterSql({ axes, tags, exclude = [] }: Filter, parameters: Parameters): string {
  const conditions = [...axesSql(axes, parameters), ...tagsSql(tags, parameters)]
  if (exclude.length > 0) conditions.push(`id <> all (${parameters.add(textArray(exclude))}::text[])`)
  return conditions.length === 0 ? 'true' : conditions.map((condition) => `(${condition})`).join(' and ')
}

function axesSql({ all = [], any = [], none = [] }: Conditions<AxisCondition> = {}, parameters: Parameters): string[] {
  const conditions = [
    ...presentSql('@>', all, parameters),
    ...all.filter(hasLeast).map((condition) => leastSql(condition, parameters)),
  ]
  const either = (of: readonly AxisCondition[]) =>
    [...presentSql('&&', of, parameters), ...of.filter(hasLeast).map((one) => leastSql(one, parameters))].join(' or ')
  if (any.length > 0) conditions.push(either(any))
  if (none.length > 0) conditions.push(`not (${either(none)})`)
  return conditions
}

function presentSql(operator: '@>' | '&&', of: readonly AxisCondition[], parameters: Parameters): string[] {
  const axes = of.filter((condition) => !hasLeast(condition)).map(({ axis }) => axis)
  return axes.length === 0 ? [] : [`axes ${operator} ${parameters.add(integerArray(axes))}::integer[]::smallint[]`]
}

function leastSql({ axis, atLeast }: AxisCondition, parameters: Parameters): string {
  return `(vector::real[])[${parameters.add(axis + 1)}::integer]::float8 >= ${parameters.add(atLeast)}::float8`
}

/** Every value above 0 is at least 0, or less than that. */
function hasLeast({ atLeast = 0 }: AxisCondition): boolean {
  return atLeast > 0
}

function tagsSql({ all = [], any = [], none = [] }: Conditions<string> = {}, parameters: Parameters): string[] {
  const list = (of: readonly string[]) => `${parameters.add(textArray(of.map(encodeTag)))}::text[]`
  const conditions: string[] = []
  if (all.length > 0) conditions.push(`tags @> ${list(all)}`)
  if (any.length > 0) conditions.push(`tags && ${list(any)}`)
  if (none.length > 0) conditions.push(`not tags && ${list(none)}`)
  return conditions
}
