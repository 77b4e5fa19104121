import { delay } from './delay.ts'

/** At most so long, in milliseconds. */
const LONGEST = 128

/** Waits before the next try of what others were faster at: the longer the oftener, and each for a time of its own. */
export function backOff(refusals: number, signal?: AbortSignal): Promise<void> {
  return delay(Math.random() * Math.min(LONGEST, 2 ** (refusals - 1)), signal)
}
