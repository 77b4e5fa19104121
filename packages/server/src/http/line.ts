import type { FastifyReply } from 'fastify'
import { HttpError } from './errors.ts'
import { onceOver } from './once-over.ts'

export interface LineOptions {
  /** How many are begun at once. */
  readonly atOnce: number
  /** How many may be there at once, those that wait included. */
  readonly most: number
  /** Milliseconds after which whoever still waits is refused; a tenth of it where many have waited for that long. */
  readonly patience: number
  /** What those are told who are refused. */
  readonly busy: string
  /** Calls back when all that has come in has been seen. */
  readonly whenSeen: (call: () => void) => void
}

/** So many may wait and still be served in the order in which they came. */
const FEW = 16

interface Place {
  readonly since: number
  readonly begin: () => void
  readonly refuse: () => void
}

/**
 * Lets requests wait for their turn. One after the other is begun, and before the next all that has come in meanwhile is read, and refused if it must be.
 *
 * As long as few wait, whoever came first goes first. Where more come than can be served, all would wait long so, and the last goes first: most of those that are
 * served are then served at once, and the others are refused. A burst has the whole patience to be served in; where more come all the time, there is no use in
 * it (as in CoDel, and in Facebook's "adaptive LIFO").
 *
 * @returns resolves when the request may begin, with what ends its turn; that it ends with its connection, too. It rejects with HttpError 503 where that takes too long, or too many wait
 */
export function createLine({
  atOnce,
  most,
  patience,
  busy,
  whenSeen,
}: LineOptions): (reply: FastifyReply) => Promise<() => void> {
  // One for all: what costs most about an error is to note where it was made.
  const refusal = new HttpError(503, 'OVERLOADED', `${busy} Try again in a moment.`)
  const waiting: Place[] = []
  let begun = 0
  let calling = false
  let lastFew = 0

  function callNext(): void {
    if (calling) return
    calling = true
    whenSeen(() => {
      calling = false
      beginNext()
    })
  }

  function beginNext(): void {
    if (begun >= atOnce) return
    const next = waiting.length > FEW ? waiting.pop() : waiting.shift()
    if (next === undefined) return
    const now = performance.now()
    const late = now - (now - lastFew > patience ? patience / 10 : patience)
    while (waiting.length > 0 && waiting[0]!.since < late) waiting.shift()!.refuse()
    begun += 1
    next.begin()
    // Also where nobody waits: while this one is worked on, others come before the door.
    callNext()
  }

  return (reply) =>
    new Promise((resolve, reject) => {
      // Whoever goes while it waits leaves its place.
      let over = () => {
        const at = waiting.indexOf(place)
        if (at < 0) return
        waiting.splice(at, 1)
        place.refuse()
      }
      const place: Place = {
        since: performance.now(),
        begin() {
          over = () => {
            over = () => {}
            begun -= 1
            callNext()
          }
          resolve(() => over())
        },
        refuse: () => reject(refusal),
      }
      if (waiting.length < FEW) lastFew = place.since
      waiting.push(place)
      if (waiting.length + begun > most) waiting.shift()!.refuse()
      onceOver(reply, () => over())
      callNext()
    })
}
