import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Recommender } from '@image-recommender/core'
import type { Photo } from '@image-recommender/server'
import type { Place } from '@image-recommender/server/service'
import type { Command } from 'commander'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { parseNumber } from '../parse-values.ts'
import { describeFolder } from '../serve/describe-folder.ts'
import { listen } from '../serve/listen.ts'
import { photosIn } from '../serve/photos.ts'
import { DEFAULT_STORE, isAddress, type Settings } from '../settings.ts'
import { withRecommenderOver, withStore } from '../with-store.ts'

interface Flags extends Place {
  readonly workers?: number
  readonly threads?: number
}

export function defineServe(program: Command, act: Act): void {
  program
    .command('serve')
    .description('shows the images in a folder and below on a page: what is in them, which are similar, and why')
    .argument('<folder>', 'a folder with images; it is only read')
    .option('--port <port>', 'where the page is; 0: any spare port', parseNumber, 3000)
    .option('--host <host>', 'who may see it: others as well where it is 0.0.0.0', '127.0.0.1')
    .option('--workers <count>', 'how many images are computed at a time', parseNumber)
    .option('--threads <count>', 'in how many threads each is computed', parseNumber)
    .action(act(serve))
}

async function serve(context: Context, folder: string, flags: Flags) {
  const { settings, output, signal } = context
  output.progress.say(`Looking through ${folder}`)
  const photos = await photosIn(folder, resolve(settings.store), signal)
  const { chooseModel } = await import('../model/model-choice.ts')
  output.progress.say('Loading the model')
  const extractor = await (await chooseModel(settings)).load(flags)
  await withStore(context, { create: true }, (store) =>
    withRecommenderOver(context, store, extractor, (recommender) => show(context, recommender, photos, flags)),
  ).finally(() => extractor.close())
  return exitCodes.ok
}

/** Until it is stopped. */
async function show(
  { settings, output, signal }: Context,
  recommender: Recommender,
  photos: readonly Photo[],
  place: Place,
): Promise<void> {
  const { createApp, createServerParts, isLoopback, openImageFolder } = await import('@image-recommender/server')
  const own = ownFolder(settings)
  const uploads = join(own, 'uploads')
  await mkdir(uploads, { recursive: true })
  const files = await openImageFolder({ uploads, photos })
  const describing = describeFolder(output, signal)
  const parts = await createServerParts({
    recommender,
    files,
    cacheFolder: join(own, 'cache'),
    filling: describing.progress,
  })
  const app = await createApp(parts, {
    loopbackOnly: isLoopback(place.host),
    report: (error) => output.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  })
  try {
    output.print(await listen(app, place))
    await describing.begin(recommender, files)
    await stopped(signal)
  } finally {
    await parts.stopping.stop(app)
  }
}

/** Where uploads and thumbnails are: beside the records, or where they would be if these were not on a server. */
function ownFolder({ store }: Settings): string {
  return resolve(isAddress(store) ? DEFAULT_STORE : store)
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
