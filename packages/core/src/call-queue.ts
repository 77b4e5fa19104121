/** Runs calls one after the other, each whole, in the order in which they came. */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve()

  run<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(call)
    this.#last = result.catch(() => {})
    return result
  }
}
