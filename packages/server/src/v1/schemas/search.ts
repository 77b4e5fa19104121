import { z } from 'zod'
import { decimal, flag, severalOf, wholeNumber } from '../../http/parameters.ts'

const MOST_ITEMS = 100

/** Objects and tags that images must have or not have, as parameters. */
export const conditionParameters = z.object({
  all: severalOf(80).optional().describe('Objects that must be there, all of them'),
  any: severalOf(80).optional().describe('Objects of which one must be there'),
  none: severalOf(80).optional().describe('Objects that must not be there'),
  tag: severalOf(64).optional().describe('Tags that must be there, all of them'),
})

/** How a search is made, as parameters. */
export const searchParameters = conditionParameters.extend({
  exclude: severalOf(1000).optional().describe('Ids that are left out'),
  limit: wholeNumber(MOST_ITEMS).optional().describe('Items per page; 30 by default'),
  cursor: z.string('must be given once').max(8000).optional().describe('`nextCursor` of the page before'),
  arrangement: decimal(10).optional().describe('How much it counts where the objects are'),
  colors: decimal(10).optional().describe('How much it counts which colours they have'),
  embedding: decimal(10).optional().describe('How much it counts to be alike as a whole, where there are embeddings'),
  diversity: decimal(1).optional().describe('0: the best first; 1: as various as can be'),
  mostPerObjectSet: wholeNumber(1000).optional().describe('At most so many images with the very same objects'),
  collapseNearDuplicates: flag().optional().describe('Of near-duplicates only the best'),
})

const conditionsOf = <T extends z.ZodType>(one: T) =>
  z.object({ all: z.array(one).optional(), any: z.array(one).optional(), none: z.array(one).optional() })

const whereSchema = z
  .object({
    objects: conditionsOf(
      z.union([z.string(), z.object({ object: z.string(), atLeast: z.number().optional() })]),
    ).optional(),
    tags: conditionsOf(z.string()).optional(),
    exclude: z.array(z.string()).optional().describe('Ids that are left out'),
  })
  .meta({ id: 'Where' })

const weight = z.number().optional().describe('How much it counts beside others; 1 by default')

const exampleSchema = z
  .union(
    [
      z.strictObject({ id: z.string(), weight }),
      z.strictObject({ objects: z.record(z.string(), z.number()), weight }),
      z.strictObject({ tags: z.array(z.string()), weight }),
    ],
    'must have one of id, objects and tags, and besides nothing but weight',
  )
  .meta({ id: 'Example', description: 'A stored image, named objects with how much they are wished for, or tags' })

export const tasteSchema = z
  .object({
    spaceId: z.string(),
    objects: z
      .record(z.string(), z.number())
      .describe('In which share of what was liked each is, less that of what was disliked'),
    from: z.record(z.string(), z.array(z.string())).describe('Which of the images have it, three at most'),
    seen: z.array(z.string()).describe('They are not recommended'),
  })
  .meta({ id: 'Taste' })

const opinionSchema = z.strictObject({
  id: z.string(),
  weight: z.number().optional(),
  age: z.number().optional().describe('How long ago, in the unit of `halfLife`'),
})

export const historySchema = z
  .strictObject({
    like: z.array(opinionSchema).max(10_000),
    unlike: z.array(opinionSchema).max(10_000).optional(),
    halfLife: z.number().optional().describe('After how long an opinion counts half; without it they do not fade'),
  })
  .meta({ id: 'History' })

export const recommendSchema = z
  .strictObject({
    like: z.array(exampleSchema).max(1000).optional(),
    unlike: z.array(exampleSchema).max(1000).optional(),
    taste: tasteSchema.optional(),
    where: whereSchema.optional(),
    weights: z
      .strictObject({
        arrangement: z.number().optional(),
        colors: z.number().optional(),
        embedding: z.number().optional(),
      })
      .optional(),
    diversity: z.number().optional(),
    mostPerObjectSet: z.number().optional(),
    collapseNearDuplicates: z.boolean().optional(),
    limit: z.number().int().min(1).max(MOST_ITEMS).optional(),
    cursor: z.string().max(8000).optional(),
  })
  .meta({ id: 'Recommend', description: 'Any mix of what is liked and disliked' })
