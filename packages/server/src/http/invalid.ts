const MOST_SHOWN = 80

/** What is wrong in a request: where it is, what would be right, and what came. */
export function invalidMessage(path: readonly PropertyKey[], message: string, given: unknown): string {
  const received = JSON.stringify(
    path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], given),
  )
  const shown = received !== undefined && received.length > MOST_SHOWN ? `${received.slice(0, MOST_SHOWN)}…` : received
  return `${path.join('.') || 'body'}: ${message}${shown === undefined ? '' : ` (received ${shown})`}`
}
