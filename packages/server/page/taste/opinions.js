const KEY = 'image-recommender.opinions'
const listeners = new Set()
let kept = read()

/**
 * What the reader likes and does not: ids with when that was, and objects of the taste that were changed by hand. It stays in this browser.
 *
 * @returns {{ like: Record<string, number>, unlike: Record<string, number>, wishes: Record<string, number> }}
 */
export const opinions = () => kept

export function keepOpinions(next) {
  kept = next
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // Where nothing may be stored it lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

export const opinionOf = (id) =>
  Object.hasOwn(kept.like, id) ? 'like' : Object.hasOwn(kept.unlike, id) ? 'unlike' : undefined

/** @param {'like' | 'unlike' | undefined} opinion `undefined`: none any more */
export function setOpinion(id, opinion) {
  const { [id]: _, ...like } = kept.like
  const { [id]: __, ...unlike } = kept.unlike
  const next = { ...kept, like, unlike }
  if (opinion !== undefined) next[opinion] = { ...next[opinion], [id]: Date.now() }
  keepOpinions(next)
}

/** @param {() => void} listener called after each change, those made in other windows included. @returns what ends that */
export function onOpinions(listener) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

addEventListener('storage', ({ key }) => {
  if (key !== KEY && key !== null) return
  kept = read()
  for (const listener of listeners) listener()
})

function read() {
  let stored
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? '{}')
  } catch {
    stored = {}
  }
  return { like: numbers(stored?.like), unlike: numbers(stored?.unlike), wishes: numbers(stored?.wishes) }
}

/** Whatever else somebody has put there is left out. */
function numbers(value) {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, number]) => Number.isFinite(number)))
}
