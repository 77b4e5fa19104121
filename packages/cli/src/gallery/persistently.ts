import { setTimeout as sleep } from 'node:timers/promises'
import { DownloadFailure } from './download-failure.ts'

/** Milliseconds between two attempts: they grow, so that a server that has too much to do gets time for it. */
const PAUSES = [500, 1000, 2000, 4000]

/**
 * Tries again what failed in passing, after growing pauses, and fails as the last attempt did.
 *
 * @param pause is given milliseconds; for tests
 */
export async function persistently<Result>(
  attempt: () => Promise<Result>,
  signal: AbortSignal,
  pause = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { signal }),
): Promise<Result> {
  for (const milliseconds of PAUSES) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof DownloadFailure && error.passing)) throw error
    }
    // Those that failed together should not come again together.
    await pause(milliseconds * (0.75 + Math.random() / 2))
  }
  return attempt()
}
