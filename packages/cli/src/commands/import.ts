import { createReadStream } from 'node:fs'
import { addAbortSignal } from 'node:stream'
import type { ImageRecord } from '@image-recommender/core'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { recordFromLine } from '../records/record-line.ts'
import { counted } from '../terminal/measures.ts'
import { withRecommender } from '../with-store.ts'

export function defineImport(program: Command, act: Act): void {
  program
    .command('import')
    .description('stores records that `export` wrote; no image is described again')
    .argument('<file>', 'a .jsonl file, or - for stdin')
    .action(
      act(async (context: Context, file: string) => {
        const { output, signal } = context
        const input = await openInput(file, signal)
        await withRecommender(context, { create: true }, async (recommender) => {
          let imported = 0
          async function* counting() {
            for await (const record of readRecords(input, file)) {
              yield record
              imported++
              output.progress.say(`Importing ${imported}`)
            }
          }
          await recommender.put(counting(), { signal })
          if (output.json) output.printJson({ imported })
          else output.print(`${counted(imported, 'image')} imported`)
        }).finally(() => input.destroy())
        return exitCodes.ok
      }),
    )
}

/** Before the store is: a name that is mistyped makes none. */
async function openInput(file: string, signal: AbortSignal): Promise<NodeJS.ReadableStream & { destroy(): unknown }> {
  // Whoever waits for a line must be able to stop waiting.
  if (file === '-') return addAbortSignal(signal, process.stdin)
  const stream = createReadStream(file)
  return new Promise((resolve, reject) => {
    stream.once('open', () => resolve(stream))
    stream.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new CommandError('FILE_FAILED', `${file} cannot be read (${cause.code}).`, {
          exitCode: exitCodes.usage,
          cause,
        }),
      )
    })
  })
}

async function* readRecords(input: NodeJS.ReadableStream, file: string): AsyncGenerator<ImageRecord> {
  const name = file === '-' ? 'stdin' : file
  let number = 0
  for await (const line of linesOf(input, name)) {
    number++
    if (line.trim() === '') continue
    try {
      yield recordFromLine(line)
    } catch (cause) {
      const reason = cause instanceof SyntaxError ? 'is no JSON' : (cause as Error).message
      throw new CommandError(
        'FILE_FAILED',
        `Line ${number} of ${name} ${reason}. Give what \`export\` wrote; of the lines before it some are imported.`,
        { cause },
      )
    }
  }
}

async function* linesOf(input: NodeJS.ReadableStream, name: string): AsyncGenerator<string> {
  input.setEncoding('utf8')
  let rest = ''
  try {
    for await (const chunk of input) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()!
      yield* lines
    }
  } catch (cause) {
    throw new CommandError('FILE_FAILED', `${name} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    })
  }
  yield rest
}
