import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export type Log = Logger

export interface LogOptions {
  readonly level: (typeof LOG_LEVELS)[number]
  /** Where the lines go; standard output by default. */
  readonly stream?: DestinationStream | undefined
}

/**
 * A log in lines of JSON in which there is no secret: no header that holds one, no password of an address, no value of a parameter that is
 * called like one. An error is written under `err`, with its causes.
 */
export function createLog({ level, stream }: LogOptions): Log {
  const options = {
    level,
    base: null,
    redact: ['*.authorization', '*["x-api-key"]', '*.cookie'],
    serializers: { req: shownRequest, err: shownError },
  }
  return stream === undefined ? pino(options) : pino(options, stream)
}

/** What `Fastify(…)` is to be given so that it writes one line for each answer. Each request has an id: that of its `x-request-id`, or a new one. */
export function loggedTo(log: Log): Pick<FastifyServerOptions, 'loggerInstance' | 'genReqId' | 'logController'> {
  return { loggerInstance: log, genReqId, logController: new OneLine() }
}

/** Tells clients the id under which the log speaks of their request. */
export function tellRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ id }, reply) => {
    reply.header('x-request-id', id)
  })
}

class OneLine extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(_error: Error | null, req: FastifyRequest, reply: FastifyReply): void {
    const { url: route, config } = req.routeOptions
    const line = { req, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 }
    // Health, readiness and metrics are asked for every few seconds.
    if (config.whileStopping) reply.log.debug(line, 'answered')
    else reply.log.info(line, 'answered')
  }

  override routeNotFound(): void {}
}

function genReqId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID()
}

/** An address without the values that might be secrets, and no longer than one can read. */
function shownRequest({ method, url, ip }: FastifyRequest): object {
  const shown = url.replace(/([?&][^=&]*(?:key|token|secret|pass|auth|sign)[^=&]*=)[^&]*/gi, '$1***')
  return { method, url: shown.slice(0, 500), ip }
}

/** Only what an error says. Some clients' errors carry the command that failed, and with it a password. */
function shownError(error: unknown): object {
  if (!(error instanceof Error)) return { message: withoutPasswords(String(error)) }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    type: name,
    code,
    message: withoutPasswords(message),
    stack: withoutPasswords(stack ?? ''),
    ...(cause !== undefined && { cause: shownError(cause) }),
  }
}

/**
 * In addresses, in their parameters, and in what libpq takes for one. What adapters say has passed `withoutPasswords` of core, which takes all in front of an
 * "@"; a stack has paths of packages with an "@" in them, and users in addresses are worth knowing.
 */
function withoutPasswords(text: string): string {
  return text
    .replaceAll(/(:\/\/[^\s/:@]*):\S+@/g, '$1:***@')
    .replaceAll(/(\b\w*(?:pass|secret|token)\w*=)(?:'[^']*'|[^\s&]*)/gi, '$1***')
}
