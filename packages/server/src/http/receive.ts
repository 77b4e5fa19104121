import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Limits } from '../limits.ts'
import { type FormFields, formOf, onlyFileOf } from './form.ts'
import { untilGone } from './until-gone.ts'

/** One image as a form has brought it. */
export interface Received {
  readonly bytes: Uint8Array
  readonly fields: FormFields
  /** Aborts when the client goes before its answer. */
  readonly signal: AbortSignal
}

/** Reads the one image that a form sends in `field`. @throws HttpError 4xx; 503 where too many come in */
export type Receive = (request: FastifyRequest, reply: FastifyReply, field: string) => Promise<Received>

export function createReceive({ uploadBytes }: Limits, takeTurn: (reply: FastifyReply) => void): Receive {
  return async (request, reply, field) => {
    takeTurn(reply)
    const form = formOf(request, { field, maxFiles: 1, maxFileBytes: uploadBytes })
    const { bytes } = await onlyFileOf(form)
    return { bytes, fields: form.fields, signal: untilGone(reply) }
  }
}
