import type { AddressInfo } from 'node:net'
import { createRecommender } from '@image-recommender/core'
import {
  createApp,
  createMetrics,
  createServerParts,
  type FillReport,
  isLoopback,
  type Log,
  measured,
  measuredExtractor,
  openImageFolder,
  readPhotoFolder,
} from '@image-recommender/server'
import { urlOf } from '@image-recommender/server/service'
import { openDataFolder } from './data-folder.ts'
import { createDescribing } from './describe-photos.ts'
import { checkPlace, placeError } from './listening.ts'
import { openModel, REAL_MODEL } from './model.ts'
import { isShared, openStore } from './open-store.ts'
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
  /** Gets a line for each answer. */
  readonly log: Log | undefined
  /** Told of the server's own failures. */
  readonly report: (error: unknown) => void
  /** Aborting gives up the start, or the describing of the collection. */
  readonly signal: AbortSignal
}

/** 100 to 200 MB of them in a collection that is larger: most searches then need no answer of the database. */
const CACHED_RECORDS = 50_000

/**
 * Starts in order: database, model, gallery, page; with one's own photos or database the page comes before the gallery. Where a step fails, those
 * before are undone.
 *
 * @throws StartError
 */
export async function startServer(settings: Settings, options: StartOptions): Promise<RunningServer> {
  const { screen, log, report, signal } = options
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
    const place = { host: settings.HOST, port: settings.PORT }
    const shared = isShared(settings)
    // Nobody wants drawings in the database of a service.
    const isDemo = settings.PHOTOS === undefined && !shared
    await checkPlace(place)
    const gallery = isDemo ? demoGallery : settings.PHOTOS
    const photos = gallery === undefined ? [] : await readPhotoFolder(gallery)
    const data = await openDataFolder({ dataFolder: settings.DATA_FOLDER, photos: settings.PHOTOS, shared })
    undo.push(data.release)

    const begun = Date.now()
    const database = await openStore(settings, { folder: data.database, report })
    undo.push(database.close)
    screen.line('Database', `${database.name}, ready in ${((Date.now() - begun) / 1000).toFixed(1)} s`)
    signal.throwIfAborted()

    const model = await openModel(settings, isDemo ? 'demo' : REAL_MODEL, { screen, signal })
    screen.line('Model', model.name)
    if (model.notice !== undefined) screen.line('', model.notice.replaceAll('`', ''))
    const metrics = createMetrics(() => recommender.count())
    const recommender = measured(
      await createRecommender({
        extractor: measuredExtractor(model.extractor, metrics),
        store: database.store,
        cachedRecords: CACHED_RECORDS,
        onWarning: report,
      }),
      metrics,
    )
    undo.push(() => recommender.close())
    signal.throwIfAborted()

    const describing = createDescribing({ screen, shared, signal })
    const files = await openImageFolder({ uploads: data.images, photos })
    const parts = await createServerParts({
      recommender,
      files,
      cacheFolder: data.cache,
      limits: {
        uploadBytes: settings.MAX_UPLOAD_MB * 1024 * 1024,
        batch: settings.MAX_BATCH,
        searchWait: settings.SEARCH_WAIT_MS,
      },
      notice: model.notice,
      filling: describing.progress,
      stopping: { delay: settings.STOP_DELAY_SECONDS * 1000, limit: settings.STOP_LIMIT_SECONDS * 1000 },
    })
    const app = await createApp(parts, {
      // A proxy on this machine may be asked for by any name.
      loopbackOnly: isLoopback(settings.HOST) && settings.TRUST_PROXY === false,
      report,
      trustProxy: settings.TRUST_PROXY,
      log,
      metrics,
      apiKeys: settings.API_KEYS.length === 0 ? undefined : { keys: settings.API_KEYS, reads: settings.READS },
      rateLimits: { upload: settings.RATE_LIMIT_UPLOADS, search: settings.RATE_LIMIT_SEARCHES },
    })
    originalRoutes(app, parts)
    const filled = describing.begin(recommender, files)
    const described = filled.then(ignore, ignore)
    // Before anything is closed that it works with.
    undo.push(() => described)
    undo.push(() => parts.stopping.stop(app))
    // The demo opens whole. One's own photos may take hours, and can be looked at meanwhile.
    if (isDemo) await filled
    signal.throwIfAborted()
    await app.listen(place).catch((error) => {
      throw placeError(error, place)
    })
    const url = urlOf({ ...place, port: (app.server.address() as AddressInfo).port })
    screen.line('Page', url)
    return { url, filled, stop }
  }
}

async function inReverse(undo: readonly (() => Promise<void>)[], report: (error: unknown) => void): Promise<void> {
  for (const step of [...undo].reverse()) await step().catch(report)
}

function ignore(): void {}
