import multipart from '@fastify/multipart'
import Fastify, { type FastifyInstance } from 'fastify'
import { apiRoutes } from './api-routes.ts'
import { letConnectionsGo } from './closing.ts'
import { answerUnknownRoutes, createErrorHandler, type ReportError } from './errors.ts'
import { guard } from './guard.ts'
import { imageRoutes } from './image-routes.ts'
import { pageRoutes } from './page-routes.ts'
import type { ServerParts } from './server-parts.ts'
import { similarRoutes } from './similar-routes.ts'
import { uploadRoute } from './upload-route.ts'

export interface AppOptions {
  /** Answer only to the loopback's own names. */
  readonly loopbackOnly: boolean
  /** Told of every failure that is the server's own. */
  readonly report: ReportError
  /** How long a request may take to arrive, in milliseconds: 32 MiB within two minutes by default. */
  readonly requestTimeout?: number
}

/** The server's routes over its parts; not yet listening. Closing it closes none of the parts. */
export async function createApp(parts: ServerParts, options: AppOptions): Promise<FastifyInstance> {
  const { loopbackOnly, report, requestTimeout = 120_000 } = options
  const answerError = createErrorHandler(report)
  const app = Fastify({
    bodyLimit: 64 * 1024,
    forceCloseConnections: 'idle',
    frameworkErrors: answerError,
    routerOptions: { maxParamLength: 600 },
    requestTimeout,
    // Fastify's own limit does not end a slow body: Node checks seldom, and waits for the longer one of its two limits.
    http: {
      requestTimeout,
      headersTimeout: Math.ceil(requestTimeout / 4),
      connectionsCheckingInterval: Math.ceil(requestTimeout / 8),
    },
  })
  app.setErrorHandler(answerError)
  answerUnknownRoutes(app)
  guard(app, { loopbackOnly })
  letConnectionsGo(app)
  await app.register(multipart)
  uploadRoute(app, parts)
  similarRoutes(app, parts)
  imageRoutes(app, parts)
  apiRoutes(app, parts)
  await pageRoutes(app, parts)
  return app
}
