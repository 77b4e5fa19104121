import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Place, StartError, systemCode } from '@image-recommender/server/service'

/** Fails early where `listen` would fail late, after minutes of preparation. @throws StartError */
export async function checkPlace({ host, port }: Place): Promise<void> {
  const probe = createServer()
  try {
    probe.listen(port, host)
    await once(probe, 'listening')
  } catch (error) {
    throw placeError(error, { host, port })
  }
  probe.close()
  await once(probe, 'close')
}

/** An error of `listen`, in words that say what to do. */
export function placeError(error: unknown, { host, port }: Place): unknown {
  const code = systemCode(error)
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} is in use. Choose another one: PORT=${port < 65535 ? port + 1 : 3000} npm start`,
    )
  }
  if (code === 'EACCES') {
    return new StartError(`Port ${port} is not allowed to you. Choose one above 1023: PORT=3000 npm start`)
  }
  if (code !== undefined) return new StartError(`HOST is "${host}": this machine has no such address (${code}).`)
  return error
}
