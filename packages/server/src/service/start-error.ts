/** The server cannot start, for a reason that the person who started it can do something about. Shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The system's code of an error (`EACCES`, `EADDRINUSE`, …), where it has one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
