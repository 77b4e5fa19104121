import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { HttpError } from '../http/errors.ts'
import { onceOver } from '../http/once-over.ts'

export interface StoppingOptions {
  /** Milliseconds in which everything is still answered while readiness says `stopping` already, so that balancers turn away. 0 by default. */
  readonly delay?: number | undefined
  /** Milliseconds that requests may take after that; those that take longer are cut. */
  readonly limit: number
}

/** How an app stops. */
export interface Stopping {
  /** Whether it has begun: the app is not ready for more. */
  readonly begun: boolean
  /** Takes note of the app's requests. To be called before its routes are made, and before anything else that refuses requests. */
  watch(app: FastifyInstance): void
  /** Says that it has begun, waits for `delay`, refuses what is new, finishes what is under way, and closes the app. Calling it twice is fine. */
  stop(app: FastifyInstance): Promise<void>
}

/**
 * Lets an app stop so that nobody notices who need not. A request is accepted when its headers have been read: from then on it is finished,
 * however slowly its body comes and however long its answer is (a stream of events too), within the limit. New ones are answered 503 with
 * `Retry-After`, on the same connections and on new ones, until the last is done; only then does the app stop listening.
 */
export function createStopping({ delay = 0, limit }: StoppingOptions): Stopping {
  const underWay = new Set<object>()
  // Browsers keep some in reserve. Node does not take them for idle.
  const unused = new Set<Socket>()
  let begun = false
  let refusing = false
  let whenIdle = () => {}
  let stopped: Promise<void> | undefined

  function watch(app: FastifyInstance): void {
    app.server.on('connection', (socket) => {
      unused.add(socket)
      socket.once('close', () => unused.delete(socket))
    })
    app.server.on('request', ({ socket }) => unused.delete(socket))
    app.addHook('onRequest', async (request, reply) => {
      if (refusing && request.routeOptions.config.whileStopping !== true) {
        throw new HttpError(503, 'STOPPING', 'The server is stopping. Try again in a moment.')
      }
      underWay.add(reply.raw)
      // Also where the answer is a stream that Fastify does not end, and where the client goes away.
      onceOver(reply, () => {
        underWay.delete(reply.raw)
        if (underWay.size === 0) whenIdle()
      })
    })
    app.addHook('onSend', async (request, reply) => {
      // A connection that is kept keeps a balancer sending. But closed while its client still sends, it would take the answer with it.
      if (begun && request.raw.complete) reply.header('connection', 'close')
    })
  }

  async function stop(app: FastifyInstance): Promise<void> {
    begun = true
    await sleep(delay)
    refusing = true
    const cut = () => {
      app.server.closeAllConnections()
      // Others may just have come in while this server still listened.
      cutting = setTimeout(cut, 100)
    }
    let cutting = setTimeout(cut, limit)
    await new Promise<void>((resolve) => {
      whenIdle = resolve
      if (underWay.size === 0) resolve()
    })
    // Those whose clients have only now sent to the end what was refused, and those on which nothing was asked.
    const sweeping = setInterval(() => {
      app.server.closeIdleConnections()
      for (const socket of unused) socket.destroy()
    }, 50)
    await app.close()
    clearInterval(sweeping)
    clearTimeout(cutting)
  }

  return {
    get begun() {
      return begun
    },
    watch,
    stop(app) {
      stopped ??= stop(app)
      return stopped
    },
  }
}
