/** Listens to each signal once, however many wait for it: Node warns of a leak from eleven listeners on. */
export class AbortListeners {
  readonly #heard = new Map<AbortSignal, { readonly listener: () => void; readonly actions: Set<() => void> }>()

  add(signal: AbortSignal, action: () => void): void {
    let heard = this.#heard.get(signal)
    if (heard === undefined) {
      const actions = new Set<() => void>()
      const listener = () => {
        for (const each of [...actions]) each()
      }
      heard = { listener, actions }
      this.#heard.set(signal, heard)
      signal.addEventListener('abort', listener)
    }
    heard.actions.add(action)
  }

  remove(signal: AbortSignal, action: () => void): void {
    const heard = this.#heard.get(signal)
    if (heard === undefined) return
    heard.actions.delete(action)
    if (heard.actions.size > 0) return
    signal.removeEventListener('abort', heard.listener)
    this.#heard.delete(signal)
  }
}
