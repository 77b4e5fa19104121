/** Resolves after what else is due in the event loop: timers, input and output, messages. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
