import type { JsonObject } from '@image-recommender/core'
import { z } from 'zod'
import { HttpError } from '../http/errors.ts'
import type { FormFields } from '../http/form.ts'

/** What a form with images may say of them besides. */
export const imageForm = z.object({
  image: z.file().describe('JPEG, PNG, WebP, GIF or AVIF'),
  tag: z.array(z.string()).optional().describe('May be given several times'),
  metadata: z.string().optional().describe('A JSON object'),
})

export const batchForm = imageForm.extend({ image: z.array(z.file()).describe('JPEG, PNG, WebP, GIF or AVIF each') })

/** @throws HttpError 400 where the metadata are no JSON object */
export function imageFields({ tag, metadata }: FormFields): { tags?: readonly string[]; metadata?: JsonObject } {
  return {
    ...(tag === undefined ? {} : { tags: tag }),
    ...(metadata === undefined ? {} : { metadata: jsonObject(metadata.at(-1)!) }),
  }
}

function jsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {}
  throw new HttpError(
    400,
    'INVALID_ARGUMENT',
    `metadata: must be a JSON object; received ${JSON.stringify(text.slice(0, 80))}`,
  )
}
