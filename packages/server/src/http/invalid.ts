const MOST_SHOWN = 80
/** No deeper is a value written down: it may be deeper than the stack, and nobody would read it. */
const MOST_LEVELS = 8

/** What is wrong in a request: where it is, what would be right, and what came. */
export function invalidMessage(path: readonly PropertyKey[], message: string, given: unknown): string {
  const received = written(
    path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], given),
  )
  const shown = received !== undefined && received.length > MOST_SHOWN ? `${received.slice(0, MOST_SHOWN)}…` : received
  return `${path.join('.') || 'body'}: ${message}${shown === undefined ? '' : ` (received ${shown})`}`
}

function written(value: unknown): string | undefined {
  const levels = new WeakMap<object, number>()
  return JSON.stringify(value, function (this: object, _key, inner: unknown) {
    if (typeof inner !== 'object' || inner === null) return inner
    const level = (levels.get(this) ?? 0) + 1
    levels.set(inner, level)
    return level > MOST_LEVELS ? '…' : inner
  })
}
