import type { Command } from 'commander'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { parseNumber } from '../parse-values.ts'
import { counted } from '../terminal/measures.ts'
import { printable } from '../terminal/printable.ts'
import { withRecommender } from '../with-store.ts'

interface Flags {
  readonly bits?: number
}

export function defineDuplicates(program: Command, act: Act): void {
  program
    .command('duplicates')
    .description('groups the images that are the same picture in another size, format or quality')
    .option('--bits <count>', 'in how many of 64 bits their hashes may differ, 0 to 7 (6 by default)', parseNumber)
    .action(
      act(async (context: Context, { bits }: Flags) => {
        await withRecommender(context, {}, async (recommender) => {
          const { output, signal } = context
          const groups = await recommender.duplicates({ bits, signal })
          if (output.json) return output.printJson({ groups })
          for (const group of groups) output.print(`${group.map(printable).join('\n')}\n`)
          const extra = groups.reduce((sum, group) => sum + group.length - 1, 0)
          output.print(
            groups.length === 0
              ? 'No near-duplicates.'
              : `${counted(groups.length, 'group')}, ${counted(extra, 'image')} too many`,
          )
        })
        return exitCodes.ok
      }),
    )
}
