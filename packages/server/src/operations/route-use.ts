import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What a route lets its caller do: `read` what is stored, `write` it, or nothing that would need a key (`open`: pages, health).
     * By default `read` for GET and HEAD, and `write` for all else.
     */
    access?: Access
    /** What a call of it costs: describing an image (`upload`), or searching (`search`). Other routes cost next to nothing. */
    cost?: Cost
    /** Answered while the server stops, too: what says how it is. */
    whileStopping?: boolean
  }
}

export type Access = 'open' | 'read' | 'write'
export type Cost = 'upload' | 'search'

/** What the request would do, by its route. What leads nowhere is open: its answer tells nothing. */
export function accessOf({ is404, method, routeOptions }: FastifyRequest): Access {
  if (is404) return 'open'
  return routeOptions.config.access ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write')
}

/** All routes that are made in this scope from now on are open, those of plugins of others, too. */
export function openRoutes(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: 'open' }
  })
}
