import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { createErrorHandler, type ReportError } from './http/errors.ts'
import { turnsOfSearches } from './http/turns.ts'
import { pageRoutes } from './page/page.ts'
import type { ServerParts } from './server-parts.ts'
import { documentation } from './v1/documentation.ts'
import { v1 } from './v1/v1.ts'

export interface ServerPluginOptions {
  /** What `createServerParts` has put together. */
  readonly parts: ServerParts
  /** Told of every failure that is the server's own; what clients are told says nothing of it. */
  readonly report: ReportError
}

/**
 * A Fastify plugin: the API under `/v1`, its documentation under `/docs`, and the page under `/`. The page asks for these addresses, so
 * it is registered without a prefix, or behind a proxy that takes one off.
 */
export async function serverPlugin(app: FastifyInstance, options: ServerPluginOptions): Promise<void> {
  app.setErrorHandler(createErrorHandler(options.report))
  await serverRoutes(app, options)
}

/** The same, where errors are answered already: a route knows but the error handler that is there when it is made. */
export async function serverRoutes(app: FastifyInstance, { parts, report }: ServerPluginOptions): Promise<void> {
  turnsOfSearches(app, parts.limits)
  await app.register(multipart)
  await documentation(app)
  await app.register(v1, { parts, report, prefix: '/v1' })
  await app.register(pageRoutes, parts.page)
}
