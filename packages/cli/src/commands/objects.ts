import type { Command } from 'commander'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { counted } from '../terminal/measures.ts'
import { printable } from '../terminal/printable.ts'
import { table } from '../terminal/table.ts'
import { withRecommender } from '../with-store.ts'

export function defineObjects(program: Command, act: Act): void {
  program
    .command('objects')
    .description('counts in how many images each object is')
    .action(
      act(async (context: Context) => {
        await withRecommender(context, {}, async (recommender) => {
          const { output } = context
          const stored = await recommender.count()
          const { total, objects } = await recommender.objectCounts()
          if (output.json) return output.printJson({ stored, total, objects })
          const counts = Object.entries<number | undefined>(objects).map(([name, count = 0]) => ({ name, count }))
          const digits = String(counts[0]?.count ?? 0).length
          for (const line of table(
            counts.map(({ name, count }) => [
              printable(name),
              String(count).padStart(digits),
              `${Math.round((count / total) * 100)} %`.padStart(5),
            ]),
          ))
            output.print(line)
          output.print(`${counted(stored, 'image')}, ${total} of them with objects of this model`)
        })
        return exitCodes.ok
      }),
    )
}
