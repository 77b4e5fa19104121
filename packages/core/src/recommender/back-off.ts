import { delay } from './delay.ts'

/** Milliseconds. */
const LONGEST = 128

/**
 * Waits before another try at what somebody else was faster at: for a random time, so that those who wait do not meet again, and on
 * average for longer after each refusal.
 *
 * @param refusals how often it has been tried in vain, from 1
 * @param signal ends the wait
 */
export function backOff(refusals: number, signal?: AbortSignal): Promise<void> {
  return delay(Math.random() * Math.min(LONGEST, 2 ** (refusals - 1)), signal)
}
