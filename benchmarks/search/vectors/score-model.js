import { levels } from './measure.js'

const steps = 512
const least = Math.fround(0.7)

/** Scores crowd below 1; in this measure, how many nines they have, they spread out. */
export const nines = (score) => -Math.log10(1 - score)

/**
 * Draws scores: where in its class's distribution a score lies depends on how many objects the image has, and what score
 * that is, on the class.
 */
export class ScoreModel {
  #places
  #scores

  /** `byClass`: quantiles in nines; `bySize`: quantiles of places, 0..1. Both at `levels`. */
  constructor({ byClass, bySize }) {
    this.#places = table(bySize, (place) => place * (steps - 1))
    this.#scores = table(byClass, (value) => Math.max(least, Math.fround(1 - 10 ** -value)))
  }

  draw(axis, size, random) {
    const place = interpolate(this.#places, size, random.fraction() * (steps - 1))
    return interpolate(this.#scores, axis, place)
  }
}

/** One row after the other, `steps` entries each. */
function table(rows, convert) {
  const entries = new Float32Array(rows.length * steps)
  rows.forEach((row, at) => {
    for (let step = 0; step < steps; step++) {
      const value = row.length > 0 ? between(row, step / (steps - 1)) : 0
      entries[at * steps + step] = convert(value)
    }
  })
  return entries
}

function between(quantiles, level) {
  let at = 0
  while (at < levels.length - 2 && levels[at + 1] < level) at++
  const part = (level - levels[at]) / (levels[at + 1] - levels[at])
  return quantiles[at] + part * (quantiles[at + 1] - quantiles[at])
}

function interpolate(entries, row, place) {
  const below = Math.min(steps - 2, Math.floor(place))
  const at = row * steps + below
  return entries[at] + (place - below) * (entries[at + 1] - entries[at])
}
