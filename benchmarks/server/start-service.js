import { fork } from 'node:child_process'
import { once } from 'node:events'

/** The service in a process of its own, with so many images in memory. */
export async function startService(images) {
  const service = fork(new URL('service.js', import.meta.url), [String(images)], {
    execArgv: ['--max-old-space-size=8000', '--max-semi-space-size=64'],
  })
  const ended = once(service, 'exit').then(([code]) => Promise.reject(new Error(`The service ended with ${code}`)))
  ended.catch(() => {})
  const heard = async () => (await Promise.race([once(service, 'message'), ended]))[0]
  const { url } = await heard()
  return {
    url,
    /** What it holds in MB, now and at most since this was asked last. */
    async memory() {
      service.send('memory')
      return heard()
    },
    async stop() {
      const gone = once(service, 'exit')
      service.disconnect()
      await gone
    },
  }
}
