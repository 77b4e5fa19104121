/** Who listens to which channels. What a hearer is told is what the sender said. */
export class Hearers {
  readonly #byChannel = new Map<string, Set<(said: string) => void>>()

  get channels(): readonly string[] {
    return [...this.#byChannel.keys()]
  }

  /** Returns whether it is the first one on its channel. */
  add(channel: string, hearer: (said: string) => void): boolean {
    const known = this.#byChannel.get(channel)
    if (known) known.add(hearer)
    else this.#byChannel.set(channel, new Set([hearer]))
    return known === undefined
  }

  /** Returns whether it was the last one on its channel. */
  remove(channel: string, hearer: (said: string) => void): boolean {
    const known = this.#byChannel.get(channel)
    if (!known?.delete(hearer) || known.size > 0) return false
    return this.#byChannel.delete(channel)
  }

  tell(channel: string, said: string): void {
    for (const hearer of this.#byChannel.get(channel) ?? []) hearer(said)
  }
}
