import { vi } from 'vitest'

/**
 * From now on so much time seems to pass between any two looks at the clock that everything pauses whenever it looks: as on
 * a slow machine with a large index, but the same everywhere. `vi.restoreAllMocks()` ends it.
 */
export function slowDownTheClock(): void {
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000
    return now
  })
}

/** After what is due in the event loop now. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
