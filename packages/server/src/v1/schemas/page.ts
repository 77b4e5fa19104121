import { z } from 'zod'
import { imageSchema, objectSchema } from './image.ts'

const contributionSchema = z
  .object({
    kind: z.enum(['object', 'tag', 'facet']),
    name: z.string(),
    contribution: z.number().describe('Below 0 where it is disliked, missing or extra'),
  })
  .meta({ id: 'Contribution' })

const reasonSchema = contributionSchema
  .extend({ from: z.array(z.string()).describe('Images because of which it is liked or disliked, three at most') })
  .meta({ id: 'Reason' })

const recommendationSchema = imageSchema
  .extend({
    score: z.number().describe('1: all that is wished for and nothing else; 0: nothing in common'),
    because: z.array(reasonSchema).describe('What the score is made of: the contributions add up to it'),
    missing: z.array(contributionSchema).describe('What is wished for and not there'),
    extra: z.array(contributionSchema).describe('Objects that are there and not wished for'),
    nearDuplicates: z.array(z.string()).describe('Images that were left out for this one'),
  })
  .meta({ id: 'Recommendation' })

export const pageSchema = z
  .object({
    items: z.array(recommendationSchema).describe('Best first'),
    nextCursor: z
      .string()
      .nullable()
      .describe('Give it back as `cursor` for the next page; null: this was the last one'),
    objects: z.array(objectSchema).describe('What was found in the query'),
    nothingRecognised: z
      .boolean()
      .describe('True where nothing was recognised in the query, so that there is nothing to go by'),
  })
  .meta({ id: 'Page' })

export type PageAnswer = z.infer<typeof pageSchema>
