import type { PGliteInstance } from '../database/client.ts'
import type { StopListening } from './stop-listening.ts'

/** PGlite counts who listens to a channel itself. */
export function listenOnPGlite(pglite: PGliteInstance, channel: string, hearer: (said: string) => void): StopListening {
  const listening = pglite.listen?.(channel, hearer).then(
    (stop) => {
      hearer('')
      return stop
    },
    () => undefined,
  )
  return async () => {
    const stop = await listening
    await stop?.().catch(() => {})
  }
}
