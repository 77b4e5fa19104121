import type { AddressInfo } from 'node:net'
import { createRecommender } from '@image-recommender/core'
import {
  createApp,
  createServerParts,
  type Filling,
  type FillReport,
  fill,
  isLoopback,
  openImageFolder,
  readPhotoFolder,
} from '@image-recommender/server'
import {
  checkPlace,
  messageOf,
  openDataFolder,
  placeError,
  startEmbeddedPostgres,
  urlOf,
} from '@image-recommender/server/service'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { openDemoModel, openRealModel } from './model.ts'
import { originalRoutes } from './original/original-routes.ts'
import { demoGallery } from './places.ts'
import type { Screen } from './screen.ts'
import type { Settings } from './settings.ts'

export interface RunningServer {
  readonly url: string
  /** Settles when the collection has been described; requests are answered meanwhile. */
  readonly filled: Promise<FillReport>
  /** Lets requests finish, then closes everything in order. Stopping twice is fine. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly screen: Screen
  /** Told of the server's own failures. */
  readonly report: (error: unknown) => void
  /** Aborting gives up the start, or the describing of the collection. */
  readonly signal: AbortSignal
}

/** How long requests may still take once the server stops. */
const LAST_REQUESTS_MS = 3000

/**
 * Starts in order: database, model, gallery, page; with one's own photos the page comes before them. Where a step fails, those before are undone.
 *
 * @throws StartError
 */
export async function startServer(settings: Settings, options: StartOptions): Promise<RunningServer> {
  const { screen, report, signal } = options
  const undo: (() => Promise<void>)[] = []
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= inReverse(undo, report)
    return stopping
  }
  try {
    return await start()
  } catch (error) {
    await stop()
    throw error
  }

  async function start(): Promise<RunningServer> {
    await checkPlace(settings)
    const photos = await readPhotoFolder(settings.photos ?? demoGallery)
    const data = await openDataFolder(settings)
    undo.push(data.release)

    const database = await timed(screen, 'Database', 'PostgreSQL in this process', () =>
      startEmbeddedPostgres({ folder: data.database, onCrash: report }),
    )
    undo.push(database.close)
    signal.throwIfAborted()

    const model = await (settings.photos === undefined ? openDemoModel() : openRealModel(screen, signal))
    screen.line('Model', model.name)
    if (model.notice !== undefined) screen.line('', model.notice.replaceAll('`', ''))
    const store = await createPostgresStore({ client: database.pool, onWarning: report })
    const recommender = await createRecommender({ extractor: model.extractor, store, onWarning: report })
    undo.push(() => recommender.close())
    signal.throwIfAborted()

    const files = await openImageFolder({ uploads: data.images, photos })
    let filling: Filling | undefined
    const parts = await createServerParts({
      recommender,
      files,
      cacheFolder: data.cache,
      notice: model.notice,
      filling: () => filling,
      stopping: { limit: LAST_REQUESTS_MS },
    })
    const app = await createApp(parts, { loopbackOnly: isLoopback(settings.host), report })
    originalRoutes(app, parts)
    undo.push(() => parts.stopping.stop(app))
    const filled = describe()
    // Before anything is closed that it works with.
    undo.push(() => filled.then(ignore, ignore))
    // The demo opens whole. One's own photos may take hours, and can be looked at meanwhile.
    if (settings.photos === undefined) await filled
    signal.throwIfAborted()
    await app.listen({ host: settings.host, port: settings.port }).catch((error) => {
      throw placeError(error, settings)
    })
    const url = urlOf({ host: settings.host, port: (app.server.address() as AddressInfo).port })
    screen.line('Page', url)
    return { url, filled, stop }

    async function describe(): Promise<FillReport> {
      const progress = screen.progress('Gallery')
      try {
        const onProgress = (at: { done: number; total: number }) => {
          filling = at
          progress.update(at.done, at.total, 'images')
        }
        const report = await fill(recommender, files, { signal, onProgress })
        progress.end()
        if (!signal.aborted) for (const line of fillLines(report)) screen.line('Gallery', line)
        return report
      } finally {
        filling = undefined
        progress.end()
      }
    }
  }
}

async function timed<T>(screen: Screen, topic: string, text: string, work: () => Promise<T>): Promise<T> {
  const begun = Date.now()
  const result = await work()
  screen.line(topic, `${text}, ready in ${((Date.now() - begun) / 1000).toFixed(1)} s`)
  return result
}

async function inReverse(undo: readonly (() => Promise<void>)[], report: (error: unknown) => void): Promise<void> {
  for (const step of [...undo].reverse()) await step().catch(report)
}

function ignore(): void {}

/** What the describing came to, in one line; then the failed images. */
function fillLines({ described, known, removed, failed }: FillReport): string[] {
  const parts = [`${described + known} images`]
  if (described > 0) parts.push(`${described} described now`)
  if (removed > 0) parts.push(`${removed} forgotten, their files are gone`)
  const named = failed.slice(0, 5).map(({ id, error }) => `${id} could not be added: ${messageOf(error)}`)
  if (failed.length > named.length) named.push(`… and ${failed.length - named.length} more`)
  return [parts.join(', '), ...named]
}
