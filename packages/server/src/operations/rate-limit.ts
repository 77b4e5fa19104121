import rateLimitPlugin, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { HttpError } from '../http/errors.ts'
import type { Cost } from './route-use.ts'

/** How many requests a minute each client may make; `undefined`: any number. */
export interface RateLimits {
  /** Those that have an image described. */
  readonly upload?: number | undefined
  readonly search?: number | undefined
}

const MINUTE_MS = 60_000

/**
 * Answers 429 with `Retry-After` to a client that asks for more than its share. A client is an address (of IPv6 the network, /64):
 * behind a proxy that is the proxy's, unless the app trusts it. Each process counts for itself. To be called before the routes are made.
 */
export async function rateLimit(app: FastifyInstance, limits: RateLimits): Promise<void> {
  await app.register(rateLimitPlugin, { global: false })
  const limiter = (max: number | undefined) =>
    max === undefined
      ? undefined
      : app.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator: ({ ip }) => normalizeIP(ip) })
  const limiters: { readonly [C in Cost]: ReturnType<typeof limiter> } = {
    upload: limiter(limits.upload),
    search: limiter(limits.search),
  }

  app.addHook('onRequest', async (request, reply) => {
    const { cost } = request.routeOptions.config
    const used = cost && (await limiters[cost]?.(request))
    if (used === undefined || used.isAllowed || !used.isExceeded) return
    reply.header('retry-after', used.ttlInSeconds)
    const what = cost === 'upload' ? 'images' : 'searches'
    throw new HttpError(
      429,
      'TOO_MANY_REQUESTS',
      `That is more than ${used.max} ${what} a minute. Go on in ${used.ttlInSeconds} s.`,
    )
  })
}
