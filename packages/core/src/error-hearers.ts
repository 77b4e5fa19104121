/** What tells of its errors by events, as clients of databases do. */
export interface ErrorSource {
  on?(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
}

/**
 * Hears what a source tells by these events, until what this returns is called. There is one listener for all who hear: Node warns
 * of a leak where there are more than ten. A hearer that throws disturbs nobody.
 */
export function hearErrors(
  source: ErrorSource,
  hearer: (error: Error) => void,
  events: readonly string[] = ['error'],
): () => void {
  const hearers = hearersOf.get(source) ?? new Hearers(source, events)
  hearersOf.set(source, hearers)
  return hearers.add(hearer)
}

class Hearers {
  readonly #source: ErrorSource
  readonly #events: readonly 'error'[]
  readonly #all = new Set<{ hearer: (error: Error) => void }>()
  // The other arguments of an event are no business of whoever hears.
  readonly #tell = (error: Error) => {
    for (const { hearer } of this.#all) {
      try {
        hearer(error)
      } catch {
        // It would end the process, in which nothing else is wrong.
      }
    }
  }

  constructor(source: ErrorSource, events: readonly string[]) {
    this.#source = source
    this.#events = events as readonly 'error'[]
  }

  add(hearer: (error: Error) => void): () => void {
    // An object of its own, as two may give the same function.
    const one = { hearer }
    if (this.#all.size === 0) for (const event of this.#events) this.#source.on?.(event, this.#tell)
    this.#all.add(one)
    return () => {
      if (!this.#all.delete(one) || this.#all.size > 0) return
      for (const event of this.#events) this.#source.removeListener?.(event, this.#tell)
    }
  }
}

// By source and not by part, because several parts may have been given the same client.
const hearersOf = new WeakMap<ErrorSource, Hearers>()
