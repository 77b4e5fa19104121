import type { Command } from 'commander'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { counted } from '../terminal/measures.ts'
import { printable } from '../terminal/printable.ts'
import { withRecommender } from '../with-store.ts'

export function defineRemove(program: Command, act: Act): void {
  program
    .command('remove')
    .description('forgets images; their files stay')
    .argument('<id...>', 'ids of stored images')
    .action(
      act(async (context: Context, ids: readonly string[]) =>
        withRecommender(context, {}, async (recommender) => {
          const { output } = context
          const asked = [...new Set(ids)]
          const found = await Promise.all(asked.map((id) => recommender.get(id)))
          const removed = asked.filter((_, at) => found[at] !== undefined)
          const unknown = asked.filter((_, at) => found[at] === undefined)
          await recommender.remove(removed)
          if (output.json) output.printJson({ removed, unknown })
          else {
            output.print(`${counted(removed.length, 'image')} removed`)
            for (const id of unknown) output.note(output.errorColors.red(`not stored: ${printable(id)}`))
          }
          return unknown.length === 0 ? exitCodes.ok : exitCodes.someFailed
        }),
      ),
    )
}
