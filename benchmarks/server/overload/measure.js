import { setTimeout as sleep } from 'node:timers/promises'
import { closedLoop } from './closed-loop.js'
import { openLoop } from './open-loop.js'
import { percentile } from './percentile.js'

const TIMES = 10
/** How often somebody asks meanwhile whether the service lives. */
const HEALTH_PER_SECOND = 10

/**
 * What becomes of a service that is asked for ten times what it can do.
 *
 * @param ask asks it, @param memory tells its memory in bytes, now and at most since it was last asked
 */
export async function measureOverload({ ask, memory, requests, clients, seconds }) {
  await closedLoop(ask, requests, { clients, seconds: 5 })
  const capacity = await closedLoop(ask, requests, { clients, seconds: Math.min(10, seconds) })
  const idle = await openLoop(ask, requests, { perSecond: capacity / TIMES, seconds: Math.min(30, seconds) })
  const idleTimes = timesOf(idle, 200)
  const before = (await memory()).now

  const [answers, health] = await Promise.all([
    openLoop(ask, requests, { perSecond: capacity * TIMES, seconds }),
    openLoop(ask, { next: () => ({ path: '/v1/health' }) }, { perSecond: HEALTH_PER_SECOND, seconds, seed: 8 }),
  ])
  const over = performance.now()
  const { largest } = await memory()
  const idleP99 = percentile(idleTimes, 0.99)
  const calmAfter = await untilAsFast(ask, requests, idleP99, over)
  await sleep(5000)

  const accepted = timesOf(answers, 200)
  const p99 = percentile(accepted, 0.99)
  const sentTimes = answers.filter(({ status }) => status === 200).map(({ ms, late }) => ms - late)
  return {
    capacity,
    idleP50: percentile(idleTimes, 0.5),
    idleP99,
    offered: answers.length / seconds,
    accepted: accepted.length / seconds,
    refused: timesOf(answers, 503).length / seconds,
    others: answers.filter(({ status }) => status !== 200 && status !== 503).length,
    p50: percentile(accepted, 0.5),
    p99,
    sentP99: percentile(sentTimes, 0.99),
    refusedP99: percentile(timesOf(answers, 503), 0.99),
    times: p99 / idleP99,
    share: accepted.length / seconds / capacity,
    lateP99: percentile(
      answers.map(({ late }) => late),
      0.99,
    ),
    healthP99: percentile(timesOf(health, 200), 0.99),
    healthFailed: health.filter(({ status }) => status !== 200).length,
    calmAfter,
    before,
    largest,
    after: (await memory()).now,
  }
}

/** One request after the other until one is answered as fast as when nobody else asked. @returns milliseconds */
async function untilAsFast(ask, requests, fast, since) {
  for (;;) {
    const began = performance.now()
    const status = await ask(requests.next())
    if (status === 200 && performance.now() - began <= fast) return performance.now() - since
    await sleep(5)
  }
}

function timesOf(answers, wanted) {
  return answers.filter(({ status }) => status === wanted).map(({ ms }) => ms)
}
