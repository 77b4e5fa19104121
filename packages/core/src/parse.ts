import type { z } from 'zod'
import { RecommenderError } from './errors.ts'

/** Checks a value against its schema. @throws RecommenderError `INVALID_ARGUMENT` naming place, rule and received value */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = mostTelling(result.error.issues[0]!)
  const received = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value)
  const place = issue.path.length === 0 ? what : `${what}: ${issue.path.map(String).join('.')}`
  throw new RecommenderError('INVALID_ARGUMENT', `${place}: ${issue.message} (received ${shown(received)})`)
}

/** What is wrong within a key, or within the one alternative that was meant, rather than that something is. */
function mostTelling(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code === 'invalid_key') return { ...issue, message: mostTelling(issue.issues[0]!).message }
  if (issue.code !== 'invalid_union') return issue
  const [nearest, next] = issue.errors.filter((issues) => issues.length > 0).sort((a, b) => misfit(a) - misfit(b))
  if (!nearest || (next && misfit(next) === misfit(nearest))) return issue
  const inner = mostTelling(nearest[0]!)
  return { ...inner, path: [...issue.path, ...inner.path] }
}

/** How far a value is from an alternative of a union: how much is wrong with it, and whether it is of that type at all. */
function misfit(issues: readonly z.core.$ZodIssue[]): number {
  const isOther = issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0)
  return isOther ? Number.POSITIVE_INFINITY : issues.length
}

/** A value as an error message can carry it: recognisable, and short whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return clipped(JSON.stringify(value))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null)
    return clipped(`an object with ${Object.keys(value).join(', ') || 'nothing'}`)
  return String(value)
}

function clipped(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`
}
