import { type Command, InvalidArgumentError } from 'commander'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { collectWeighted, parseWeighted } from '../parse-values.ts'
import { printPage } from '../search/print-page.ts'
import { addSearchOptions, type SearchFlags, searchOptions } from '../search/search-options.ts'
import { withRecommender } from '../with-store.ts'

type Weighted = readonly [name: string, weight: number | undefined]

interface FindFlags extends SearchFlags {
  readonly not?: readonly Weighted[]
}

export function defineFind(program: Command, act: Act): void {
  const command = program
    .command('find')
    .description('shows the images that show these objects best')
    .argument(
      '<object...>',
      'what it should show, e.g. dog, "hot dog", frisbee=0.5 (0 to 1, relative to the largest)',
      (text: string, before: Weighted[] | undefined) => {
        const object = parseWeighted(text)
        if (object[0] === '') throw new InvalidArgumentError('It must be the name of an object.')
        return [...(before ?? []), object]
      },
    )
    .option(
      '--not <object>',
      'counts against an image that shows it; object=0.5: by so much (repeatable)',
      collectWeighted,
    )
  addSearchOptions(command).action(
    act(async (context: Context, objects: readonly Weighted[], flags: FindFlags) => {
      const { not: disliked = [] } = flags
      const like = weightsOf(objects)
      const unlike = weightsOf(disliked)
      await withRecommender(context, {}, async (recommender) => {
        const page = await recommender.recommend({
          ...searchOptions(flags, context.signal),
          like: [{ objects: like }],
          unlike: disliked.length === 0 ? [] : [{ objects: unlike }],
        })
        const title = [words(objects), ...(disliked.length === 0 ? [] : [`not ${words(disliked)}`])].join(', ')
        printPage(context.output, { title, json: { objects: like, not: unlike } }, page)
      })
      return exitCodes.ok
    }),
  )
}

function weightsOf(objects: readonly Weighted[]): Record<string, number> {
  return Object.fromEntries(objects.map(([name, weight = 1]) => [name, weight]))
}

function words(objects: readonly Weighted[]): string {
  return objects.map(([name, weight]) => (weight === undefined ? name : `${name} ${weight}`)).join(', ')
}
