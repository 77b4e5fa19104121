import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AddAllReport, NewImageSource, Recommender } from '@image-recommender/core'
import type { Command } from 'commander'
import { CommandError, usageError } from '../command-error.ts'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import type { ImageFile } from '../ingest/image-files.ts'
import { type StoredImages, storedImages } from '../ingest/stored-images.ts'
import { collect, parseNumber } from '../parse-values.ts'
import { duration } from '../terminal/measures.ts'
import { printReport } from '../terminal/print-report.ts'
import { withRecommenderOver, withStore } from '../with-store.ts'

interface Flags {
  readonly prefix: string
  readonly prune?: true
  readonly tag?: readonly string[]
  readonly workers?: number
  readonly threads?: number
}

export function defineIngest(program: Command, act: Act): void {
  program
    .command('ingest')
    .description('describes the images in a folder and below, and stores what is in them')
    .argument('<folder>', 'a folder with images')
    .option('--prefix <text>', 'what their ids begin with, before the path within the folder', '')
    .option('--prune', 'forget images, of those with this prefix, whose files are gone')
    .option('--tag <tag>', 'give each image this tag, beside those that it has (repeatable)', collect)
    .option('--workers <count>', 'how many images are computed at a time', parseNumber)
    .option('--threads <count>', 'in how many threads each is computed', parseNumber)
    .action(act(ingest))
}

async function ingest(context: Context, folder: string, flags: Flags) {
  const { settings, output, signal } = context
  const began = performance.now()
  output.progress.say(`Looking through ${folder}`)
  const { imageFilesIn } = await import('../ingest/image-files.ts')
  const { files: found, unreadable } = await imageFilesIn(folder, resolve(settings.store), signal)
  const files = found.map(({ id, path }) => ({ id: flags.prefix + id, path }))
  if (flags.prune) assertPrunable(folder, files, unreadable)

  const { chooseModel } = await import('../model/model-choice.ts')
  output.progress.say('Loading the model')
  // Before the store is made: without a model there is nothing to put into it.
  const extractor = await (await chooseModel(settings)).load(flags)
  const report = await withStore(context, { create: true }, (store) =>
    withRecommenderOver(context, store, extractor, async (recommender) => {
      const stored = await storedImages(recommender, flags.prefix, signal)
      const added = await addAll(context, recommender, sources(files, stored, flags.tag ?? []))
      const removed = flags.prune ? await prune(recommender, files, stored) : []
      return { ...added, removed }
    }),
  ).finally(() => extractor.close())
  const failed = [...unreadable, ...report.failed]
  printReport(output, { ...report, folder, failed, seconds: (performance.now() - began) / 1000 }, 'image')
  return failed.length === 0 ? exitCodes.ok : exitCodes.someFailed
}

function sources(files: readonly ImageFile[], { extras }: StoredImages, given: readonly string[]): NewImageSource[] {
  return files.map(({ id, path }) => {
    const { tags = [], metadata = {} } = extras.get(id) ?? {}
    return { id, image: () => readFile(path), tags: [...new Set([...tags, ...given])], metadata }
  })
}

async function addAll(
  { output, signal }: Context,
  recommender: Recommender,
  images: readonly NewImageSource[],
): Promise<AddAllReport> {
  const total = images.length
  let done = 0
  const show = (details: string) => output.progress.update({ label: 'Describing', done, total, details })
  if (total > 0) show(`0/${total}`)
  try {
    return await recommender.addAll(images, {
      signal,
      onProgress({ done: now, rate, remaining }) {
        done = now
        const speed = rate === undefined ? '' : `  ${rate.toFixed(1)} images/s`
        const rest = remaining === undefined ? '' : `  ${duration(remaining)} left`
        show(`${done}/${total}${speed}${rest}`)
      },
    })
  } catch (error) {
    if (!signal.aborted) throw error
    throw new CommandError('ABORTED', `Stopped after ${done} of ${total} images. The same command goes on from there.`)
  }
}

async function prune(
  recommender: Recommender,
  files: readonly ImageFile[],
  { ids }: StoredImages,
): Promise<readonly string[]> {
  const present = new Set(files.map(({ id }) => id))
  const gone = [...ids].filter((id) => !present.has(id))
  if (gone.length > 0) await recommender.remove(gone)
  return gone
}

/** A disk that is not mounted looks like a folder from which everything was deleted. */
function assertPrunable(
  folder: string,
  files: readonly ImageFile[],
  unreadable: readonly { readonly id: string }[],
): void {
  if (files.length === 0)
    throw usageError(`There is no image in ${folder}, and --prune would forget everything. Nothing was done.`)
  if (unreadable.length > 0)
    throw usageError(
      `${folder}/${unreadable[0]!.id} cannot be read, and --prune would forget what is in it. Nothing was done.`,
    )
}
