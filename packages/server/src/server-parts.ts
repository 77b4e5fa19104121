import type { Recommender } from '@image-recommender/core'
import type { FastifyReply } from 'fastify'
import { createReceive, type Receive } from './http/receive.ts'
import { createTurns } from './http/turns.ts'
import type { ImageFiles } from './images/image-files.ts'
import { createIntake, type Intake } from './images/intake.ts'
import { createRenditions } from './images/renditions.ts'
import { createSendRendition, type SendRendition } from './images/send-rendition.ts'
import { type Limits, withDefaults } from './limits.ts'
import { createStopping, type Stopping, type StoppingOptions } from './operations/stopping.ts'
import { openPage, type Page } from './page/page.ts'

export interface ServerOptions {
  readonly recommender: Recommender
  /** Where the bytes of images are. */
  readonly files: ImageFiles
  /** A folder for what is made of images: thumbnails, and copies without metadata. It may be deleted at any time. */
  readonly cacheFolder: string
  /** What one request may ask for. */
  readonly limits?: Partial<Limits> | undefined
  /** One line that the page shows at its top; text between backticks is code. */
  readonly notice?: string | undefined
  /** How far the describing of a folder is; `undefined`: it is done, or there is none. */
  readonly filling?: (() => Filling | undefined) | undefined
  /** How it stops; by default requests that are under way then have 30 seconds. */
  readonly stopping?: StoppingOptions | undefined
}

export interface Filling {
  readonly done: number
  readonly total: number
}

/** What the routes stand on, for those of the package and for those that an application adds. */
export interface ServerParts {
  readonly recommender: Recommender
  readonly limits: Limits
  readonly notice: string | undefined
  readonly filling: () => Filling | undefined
  readonly stopping: Stopping
  /** How images come in and go. */
  readonly intake: Intake
  /** Reads the one image of a form. */
  readonly receive: Receive
  /** Takes a turn among the requests with images, until the answer is sent. @throws HttpError 503 where there are too many */
  readonly takeTurn: (reply: FastifyReply) => void
  /** Answers with an image or its thumbnail. */
  readonly sendRendition: SendRendition
  readonly page: Page
}

/** Puts together what the routes stand on. None of it is ever closed: recommender and files belong to whoever made them. */
export async function createServerParts(options: ServerOptions): Promise<ServerParts> {
  const { recommender, files, cacheFolder, notice, filling = () => undefined, stopping = { limit: 30_000 } } = options
  const limits = withDefaults(options.limits)
  const renditions = createRenditions({ files, folder: cacheFolder })
  const takeTurn = createTurns(limits.uploads, 'Many images are coming in.')
  return {
    recommender,
    limits,
    notice,
    filling,
    stopping: createStopping(stopping),
    intake: createIntake({ recommender, files, renditions }),
    receive: createReceive(limits, takeTurn),
    takeTurn,
    sendRendition: createSendRendition(renditions),
    page: await openPage(notice),
  }
}
