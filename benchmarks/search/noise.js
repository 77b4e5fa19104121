import { summary } from './latency.js'

const milliseconds = 500

/** How even the machine runs: the same short work again and again. What it takes beyond its p50, others have caused. */
export function measureNoise() {
  const work = workOf(0.1)
  const taken = []
  const start = performance.now()
  while (performance.now() - start < milliseconds) taken.push(timeOf(work))
  return summary(taken)
}

/** How many rounds take about that many milliseconds, once they run as fast as they will. */
function workOf(wanted) {
  let rounds = 1000
  for (let warmUp = 0; warmUp < 5000; warmUp++) timeOf(rounds)
  while (Math.min(timeOf(rounds), timeOf(rounds), timeOf(rounds)) < wanted) rounds = Math.ceil(rounds * 1.1)
  return rounds
}

function timeOf(rounds) {
  const start = performance.now()
  let value = rounds
  for (let round = 0; round < rounds; round++) value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  const taken = performance.now() - start
  // Never so; but a result that nobody reads need not be computed.
  return value === 0.5 ? 0 : taken
}
