/** Resolves after this time, or as soon as `signal` aborts. Where it is `idle`, it keeps no process alive. */
export function delay(milliseconds: number, signal?: AbortSignal, { idle = false } = {}): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    if (idle) timer.unref()
    signal?.addEventListener('abort', done, { once: true })
  })
}
