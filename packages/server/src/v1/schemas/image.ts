import { z } from 'zod'

export const objectSchema = z
  .object({
    object: z.string(),
    score: z.number().describe('How sure the detector is, 0..1'),
    box: z
      .array(z.number())
      .length(4)
      .nullable()
      .describe('x, y, width and height as shares of the image; null: unknown'),
  })
  .meta({ id: 'DetectedObject' })

export const imageSchema = z
  .object({
    id: z.string(),
    width: z.number().int().describe('Pixels, as shown'),
    height: z.number().int(),
    objects: z.array(objectSchema).describe('Best first'),
    tags: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    file: z.string().describe('Where the image is served, without metadata. The address never serves anything else'),
    thumbnail: z.string().describe('Where a small WebP of it is served'),
  })
  .meta({ id: 'Image' })

export type ImageAnswer = z.infer<typeof imageSchema>

export const idParameter = z.object({ id: z.string() })
