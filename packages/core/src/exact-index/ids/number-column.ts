const STEP_BITS = 14
const STEP = 2 ** STEP_BITS
const FIRST_STEP = 256
/** A step with no more numbers taken than this is worth a pass in search of free ones: an eighth of it is free. */
const ROOMY = (STEP / 8) * 7
const NO_STEP = new Uint32Array(0)

/** What stands in the place of a number that is not taken. No address may be this. */
export const FREE = 0xffffffff

/**
 * Hands out small numbers and keeps a uint32 (an address) for each, in steps of 16,384 numbers. Numbers given back are
 * handed out again, in passes through steps that have enough of them: at most an eighth of a column lies idle for long.
 * A step all of whose numbers were given back is dropped. The longest operation is one pass through a step.
 */
export class NumberColumn {
  /** All of them have `STEP` places, but that the first begins with fewer and `NO_STEP` stands for a dropped one. */
  readonly #steps: Uint32Array[] = []
  /** How many numbers of each step are taken. */
  readonly #taken: number[] = []
  /** Steps that got roomy since they were last passed through. To pass through one that is full or dropped by now is rare. */
  readonly #roomy: number[] = []
  readonly #dropped: number[] = []
  /** Where the next free number is looked for: everything before it in its step is taken, or was given back since. */
  #step = -1
  #at = 0
  #bytes = 0

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes a free number for this address. */
  take(address: number): number {
    for (;;) {
      const step = this.#step < 0 ? NO_STEP : this.#steps[this.#step]!
      for (let at = this.#at; at < step.length; at++) {
        if (step[at] !== FREE) continue
        step[at] = address
        this.#taken[this.#step]!++
        this.#at = at + 1
        return this.#step * STEP + at
      }
      this.#at = step.length
      this.#goOn()
    }
  }

  get(number: number): number {
    return this.#steps[number >>> STEP_BITS]![number & (STEP - 1)]!
  }

  set(number: number, address: number): void {
    this.#steps[number >>> STEP_BITS]![number & (STEP - 1)] = address
  }

  /** Gives a taken number back. */
  giveBack(number: number): void {
    const step = number >>> STEP_BITS
    this.#steps[step]![number & (STEP - 1)] = FREE
    const taken = --this.#taken[step]!
    if (step === this.#step) return
    if (taken === ROOMY) this.#roomy.push(step)
    if (taken === 0) this.#drop(step)
  }

  /** Restores a number with its address, one at a time, in any order; `restored` ends it. Tells whether it was free. */
  restore(number: number, address: number): boolean {
    const step = number >>> STEP_BITS
    while (this.#steps.length <= step) {
      this.#steps.push(NO_STEP)
      this.#taken.push(0)
    }
    if (this.#steps[step]!.length === 0) this.#enlarge(step, STEP)
    if (this.get(number) !== FREE) return false
    this.set(number, address)
    this.#taken[step]!++
    return true
  }

  restored(): void {
    for (let step = this.#steps.length - 1; step >= 0; step--) {
      if (this.#taken[step] === 0) this.#dropped.push(step)
      else if (this.#taken[step]! <= ROOMY) this.#roomy.push(step)
    }
  }

  /** Finds more places to look at, when the present step has been passed through. */
  #goOn(): void {
    const length = this.#step < 0 ? 0 : this.#steps[this.#step]!.length
    if (length > 0 && this.#taken[this.#step]! <= (length / 8) * 7) {
      this.#at = 0
    } else if (length > 0 && length < STEP) {
      this.#enlarge(this.#step, 2 * length)
    } else {
      this.#step = this.#roomy.pop() ?? this.#freshStep()
      this.#at = 0
    }
  }

  #freshStep(): number {
    const step = this.#dropped.pop() ?? this.#steps.length
    if (step === this.#steps.length) {
      this.#steps.push(NO_STEP)
      this.#taken.push(0)
    }
    this.#enlarge(step, this.#steps.length === 1 ? FIRST_STEP : STEP)
    return step
  }

  #enlarge(step: number, length: number): void {
    const old = this.#steps[step]!
    const fresh = new Uint32Array(length).fill(FREE, old.length)
    fresh.set(old)
    this.#steps[step] = fresh
    this.#bytes += fresh.byteLength - old.byteLength
  }

  #drop(step: number): void {
    this.#bytes -= this.#steps[step]!.byteLength
    this.#steps[step] = NO_STEP
    this.#dropped.push(step)
  }
}
