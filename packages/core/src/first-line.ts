/** The first line of what an error says, to be part of another message: without a full stop or a colon at its end. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.trim().split('\n', 1)[0]!.replace(/[.:]$/, '')
}
