import type { ServerParts } from '@image-recommender/server'
import type { FastifyInstance } from 'fastify'
import { pageRoutes } from './page-routes.ts'
import { similarRoute } from './similar-route.ts'
import { uploadRoute } from './upload-route.ts'

/** The routes of the Flask service that the idea comes from, as its clients know them. */
export function originalRoutes(app: FastifyInstance, parts: ServerParts): void {
  uploadRoute(app, parts)
  similarRoute(app, parts)
  pageRoutes(app, parts)
}
