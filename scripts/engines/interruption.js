/** Aborted by the signals that ask this process to end, so that it can tidy up first. */
export function interruption() {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => controller.abort(new Interrupted(name)))
  }
  return controller.signal
}

export class Interrupted extends Error {
  constructor(name) {
    super(`interrupted by ${name}`)
    this.signalName = name
  }
}
