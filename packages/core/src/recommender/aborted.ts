import { RecommenderError } from '../errors.ts'

/** What an aborted signal is answered with. */
export function abortion(signal: AbortSignal): RecommenderError {
  return new RecommenderError('ABORTED', 'The call was aborted by its signal.', { cause: signal.reason })
}

/** @throws RecommenderError `ABORTED` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortion(signal)
}
