import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ImageStore } from '@image-recommender/core'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { recordToLine } from '../records/record-line.ts'
import { counted } from '../terminal/measures.ts'
import { withStore } from '../with-store.ts'

export function defineExport(program: Command, act: Act): void {
  program
    .command('export')
    .description('writes all that is known of the images, one record a line, in the order of their ids')
    .argument('<file>', 'a .jsonl file, or - for stdout')
    .action(
      act(async (context: Context, file: string) => {
        const { output } = context
        await withStore(context, {}, async (store) => {
          const count =
            file === '-' ? await writeTo(() => process.stdout, store, context) : await writeFile(file, store, context)
          // On stdout are the records.
          if (file === '-') return
          if (output.json) output.printJson({ exported: count, file })
          else output.print(`${counted(count, 'image')} exported to ${file}`)
        })
        return exitCodes.ok
      }),
    )
}

/** Under another name until it is whole, so that a file of this name is never half of one. */
async function writeFile(file: string, store: ImageStore, context: Context): Promise<number> {
  const unfinished = `${file}.part`
  try {
    const count = await writeTo(() => createWriteStream(unfinished, { flush: true }), store, context)
    await rename(unfinished, file)
    return count
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    throw new CommandError('FILE_FAILED', `${file} cannot be written (${code}).`, { cause: error })
  }
}

/** @param open is called when somebody listens for what goes wrong with it */
async function writeTo(open: () => Writable, store: ImageStore, context: Context): Promise<number> {
  const { output, signal } = context
  const total = await store.count()
  let done = 0
  const stream = open()
  const toStdout = stream === process.stdout
  async function* lines() {
    for await (const record of store.scan()) {
      yield recordToLine(record)
      done++
      // On a terminal, the records are there.
      if (!toStdout) output.progress.update({ label: 'Exporting', done, total, details: `${done}/${total}` })
    }
  }
  output.progress.end()
  await pipeline(Readable.from(lines()), stream, { signal, end: !toStdout })
  output.progress.end()
  return done
}
