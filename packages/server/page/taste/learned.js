import { recommend, tasteFrom } from '../server/endpoints.js'

const DAY_MS = 24 * 60 * 60 * 1000
/** After so many days an opinion counts half. */
const HALF_LIFE_DAYS = 90
/** So many opinions are looked at, the latest. */
const MOST = 200

/** What follows from somebody's opinions: the server's taste with what was set by hand. `objects` are those that count, -1..1. */
export async function learn({ like, unlike, wishes }, signal) {
  const history = { like: dated(like), unlike: dated(unlike), halfLife: HALF_LIFE_DAYS }
  const taste = history.like.length === 0 ? undefined : await tasteFrom(history, signal)
  const objects = Object.fromEntries(
    Object.entries({ ...taste?.objects, ...wishes }).filter(([, value]) => Math.abs(value) >= 0.01),
  )
  return { taste, objects, unlike: history.unlike.map(({ id }) => ({ id })) }
}

/** Whether there is anything to go by. */
export const hasWishes = ({ objects }) => Object.values(objects).some((value) => value > 0)

/** A page of what fits it. */
export function recommendBy({ taste, objects, unlike }, options, signal) {
  if (taste !== undefined) return recommend({ taste: { ...taste, objects }, unlike, ...options }, signal)
  const some = (sign) =>
    Object.fromEntries(
      Object.entries(objects)
        .filter(([, value]) => value * sign > 0)
        .map(([name, value]) => [name, Math.abs(value)]),
    )
  const less = some(-1)
  const dislikes = Object.keys(less).length === 0 ? unlike : [...unlike, { objects: less }]
  return recommend({ like: [{ objects: some(1) }], unlike: dislikes, ...options }, signal)
}

function dated(opinions) {
  return Object.entries(opinions)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([id, time]) => ({ id, age: Math.max(0, (Date.now() - time) / DAY_MS) }))
}
