import { forYouAddress } from '../address.js'
import { keepOpinions, opinions } from './opinions.js'

const KEYS = ['like', 'unlike', 'wish']

/** Whether an address carries somebody's opinions; then it is about them, and not about the reader's own. */
export const isShared = (parameters) => KEYS.some((key) => parameters.has(key))

/**
 * Whose taste a page is about: `{ like, unlike, wishes, shared }`, ids with when that was, and objects with how much they were wished for
 * by hand (-1..1; 0: not at all).
 */
export function sourceOf(parameters) {
  if (!isShared(parameters)) return { ...opinions(), shared: false }
  const now = Date.now()
  const dated = (key) => Object.fromEntries(parameters.getAll(key).map((id) => [id, now]))
  return { like: dated('like'), unlike: dated('unlike'), wishes: wishesIn(parameters), shared: true }
}

/** Keeps a changed taste where it came from: in this browser, or in the address. */
export function keepSource(visit, { like, unlike, wishes, shared }) {
  if (!shared) return keepOpinions({ like, unlike, wishes })
  const others = [...visit.parameters].filter(([key]) => !KEYS.includes(key))
  visit.move(forYouAddress(new URLSearchParams([...sourceParameters({ like, unlike, wishes }), ...others])), {
    push: false,
  })
}

export function sourceParameters({ like, unlike, wishes }) {
  return [
    ...Object.keys(like).map((id) => ['like', id]),
    ...Object.keys(unlike).map((id) => ['unlike', id]),
    ...Object.entries(wishes).map(([name, value]) => ['wish', `${name}:${value}`]),
  ]
}

function wishesIn(parameters) {
  const found = parameters.getAll('wish').map((text) => /^(.+):(-?[\d.]+)$/.exec(text))
  return Object.fromEntries(
    found.flatMap((match) => {
      const value = Number(match?.[2] ?? Number.NaN)
      return Math.abs(value) <= 1 ? [[match[1], value]] : []
    }),
  )
}
