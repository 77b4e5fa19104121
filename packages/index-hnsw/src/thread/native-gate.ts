/**
 * The two words of a gate: whether the worker thread is inside native code, and whether it must not go there any more.
 */
const BUSY = 0
const SHUT = 1

/**
 * Through it, the worker thread calls native code. A thread that is stopped amid a call of hnswlib-node takes the whole
 * process with it (SIGABRT, each of 72 times tried), and every exit of a process stops its threads. So whoever wants to
 * exit shuts the gate, which waits until the call under way has ended and lets no other begin.
 */
export class NativeGate {
  readonly #words: Int32Array

  /** @param memory of `NativeGate.memory()`, shared by both sides */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(8)
  }

  /** In the worker thread: makes a call. Where the gate is shut, the thread sleeps until it is stopped. */
  pass<T>(call: () => T): T {
    Atomics.store(this.#words, BUSY, 1)
    try {
      if (Atomics.load(this.#words, SHUT) === 1) this.#sleep()
      return call()
    } finally {
      this.#leave()
    }
  }

  /** In the thread that the process ends with: returns when no call is under way; none begins from then on. */
  shut(): void {
    Atomics.store(this.#words, SHUT, 1)
    while (Atomics.load(this.#words, BUSY) === 1) Atomics.wait(this.#words, BUSY, 1)
  }

  #sleep(): void {
    this.#leave()
    Atomics.wait(this.#words, SHUT, 1)
  }

  #leave(): void {
    Atomics.store(this.#words, BUSY, 0)
    Atomics.notify(this.#words, BUSY)
  }
}

/** The gates of all indexes in this thread: a listener each would have Node warn of a leak from the eleventh on. */
const open = new Set<NativeGate>()

/** Has a gate shut when the process exits, or this thread by itself. Returns what takes that back. */
export function shutAtExit(gate: NativeGate): () => void {
  if (open.size === 0) process.on('exit', shutAll)
  open.add(gate)
  return () => {
    if (open.delete(gate) && open.size === 0) process.off('exit', shutAll)
  }
}

function shutAll(): void {
  for (const gate of open) gate.shut()
}
