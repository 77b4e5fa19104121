import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { openRoutes } from '../operations/route-use.ts'

/** Nothing from elsewhere; the viewer styles its elements by attributes. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/**
 * `/docs` shows the API, `/docs/json` is its OpenAPI document. Call it before the routes are made, on the same scope or one around theirs: it
 * hears of those that are made in it.
 */
export async function documentation(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'image-recommender',
        description: 'Images by what is in them, and why.',
        version: '1',
      },
      tags: [
        { name: 'search', description: 'What is similar, and why' },
        { name: 'images', description: 'Adding, looking, deleting' },
        { name: 'collection', description: 'All images together' },
        { name: 'service', description: 'How the service is' },
      ],
    },
    transform(route) {
      const form = route.route.config?.form
      if (form === undefined) return jsonSchemaTransform(route)
      const schema = { ...route.schema, consumes: ['multipart/form-data'], body: form }
      return jsonSchemaTransform({ ...route, schema })
    },
    transformObject: jsonSchemaTransformObject,
  })
  await app.register(async (scope) => {
    openRoutes(scope)
    await scope.register(swaggerUi, { routePrefix: '/docs', staticCSP: POLICY })
  })
}
