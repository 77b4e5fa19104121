import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ReportError } from '../http/errors.ts'
import type { ServerParts } from '../server-parts.ts'
import { batchRoute } from './routes/batch-route.ts'
import { bytesRoutes } from './routes/bytes-routes.ts'
import { collectionRoutes } from './routes/collection-routes.ts'
import { imageRoutes } from './routes/image-routes.ts'
import { searchRoutes } from './routes/search-routes.ts'
import { stateRoutes } from './routes/state-routes.ts'

/** The API. What its schemas say is what is checked, what is typed and what is documented. */
export async function v1(
  app: FastifyInstance,
  { parts, report }: { readonly parts: ServerParts; readonly report: ReportError },
): Promise<void> {
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const api = app.withTypeProvider<ZodTypeProvider>()
  stateRoutes(api, parts)
  collectionRoutes(api, parts)
  imageRoutes(api, parts)
  batchRoute(api, parts, report)
  bytesRoutes(api, parts)
  searchRoutes(api, parts)
}
