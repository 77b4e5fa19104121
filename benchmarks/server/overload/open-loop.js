import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../search/vectors/random.js'

/**
 * Requests that arrive at random moments (a Poisson process), whether or not those before them are answered. How long an answer took counts from the moment
 * at which the request was to arrive, so that a client that comes late flatters nobody.
 *
 * @returns of each request its status, the milliseconds to its answer, and those by which it was sent too late
 */
export async function openLoop(ask, requests, { perSecond, seconds, seed = 7 }) {
  const random = new Random(seed)
  const began = performance.now()
  const answers = []
  for (let due = began; ; ) {
    due += (-Math.log(1 - random.fraction()) * 1000) / perSecond
    if (due > began + seconds * 1000) break
    const early = due - performance.now()
    // A timer of Node comes up to a millisecond late, and those that are due by then are sent together.
    if (early > 0) await sleep(early)
    answers.push(answerTo(ask, requests.next(), due))
  }
  return Promise.all(answers)
}

async function answerTo(ask, request, due) {
  const late = performance.now() - due
  const status = await ask(request)
  return { status, ms: performance.now() - due, late }
}
