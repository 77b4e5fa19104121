import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ImageStore, Page } from '@image-recommender/core'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { printPage } from '../search/print-page.ts'
import { addSearchOptions, addWeightsOption, type SearchFlags, searchOptions } from '../search/search-options.ts'
import { withRecommenderOver, withStore } from '../with-store.ts'

export function defineSimilar(program: Command, act: Act): void {
  const command = program
    .command('similar')
    .description('shows the images that are most like one')
    .argument('<image>', 'the id of a stored image, the path of a file that need not be stored, or - for stdin')
  addWeightsOption(addSearchOptions(command)).action(
    act(async (context: Context, image: string, flags: SearchFlags) => {
      const { chooseModel } = await import('../model/model-choice.ts')
      const model = await chooseModel(context.settings)
      const options = searchOptions(flags, context.signal)
      await withStore(context, {}, async (store) => {
        const stored = image !== '-' && (await isStored(store, image))
        const bytes = stored ? undefined : await bytesOf(image, context.signal)
        if (bytes) context.output.progress.say('Loading the model')
        const extractor = bytes ? await model.load({ workers: 1 }) : await model.space()
        await withRecommenderOver(context, store, extractor, async (recommender) => {
          const page = await (bytes
            ? recommender.similarToImage(bytes, options)
            : recommender.similarTo(image, options))
          const json = bytes ? { file: image } : { id: image }
          printPage(context.output, { title: title(image, page), json }, page)
        })
      })
      return exitCodes.ok
    }),
  )
}

/** Longer ones are no ids, and some stores refuse to look for them. */
const MOST_BYTES = 512

async function isStored(store: ImageStore, id: string): Promise<boolean> {
  if (id === '' || Buffer.byteLength(id) > MOST_BYTES) return false
  const [record] = await store.get([id])
  return record !== undefined
}

async function bytesOf(image: string, signal: AbortSignal): Promise<Uint8Array> {
  if (image === '-') return buffer(addAbortSignal(signal, process.stdin))
  try {
    return await readFile(image)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const trouble =
      code === 'ENOENT' ? 'there is no such file either' : `the file of that name cannot be read (${code})`
    throw new CommandError(
      'IMAGE_NOT_FOUND',
      `No image "${image}" is stored, and ${trouble}. \`export -\` lists ids.`,
      {
        cause,
      },
    )
  }
}

function title(image: string, { objects }: Page): string {
  const name = image === '-' ? 'The image' : image
  const best = new Map<string, number>()
  for (const { object, score } of objects) best.set(object, Math.max(score, best.get(object) ?? 0))
  const shown = [...best].map(([object, score]) => `${object} ${score.toFixed(2)}`).join(', ')
  return shown === '' ? name : `${name} shows ${shown}`
}
