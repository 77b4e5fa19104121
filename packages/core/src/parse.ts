import type { z } from 'zod'
import { RecommenderError } from './errors.ts'

/** Checks a value against its schema. @throws RecommenderError `INVALID_ARGUMENT` naming place, rule and received value */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const received = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value)
  const place = issue.path.length === 0 ? what : `${what}: ${issue.path.map(String).join('.')}`
  throw new RecommenderError('INVALID_ARGUMENT', `${place}: ${issue.message} (received ${shown(received)})`)
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
