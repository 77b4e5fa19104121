import { readlinkSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/**
 * Lets this thread, and the threads that it starts from now on, give way to the others of the process, and to other processes, where there is
 * more to do than there are cores: who searches while images are described waits less, and on idle cores nothing changes. On Linux,
 * where threads have a priority of their own; elsewhere it does nothing.
 */
export function giveWay(): void {
  try {
    // As `PID/task/TID`.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(
      thread,
      Math.min(constants.priority.PRIORITY_LOW, getPriority() + constants.priority.PRIORITY_BELOW_NORMAL),
    )
  } catch {
    // Not on this system, or not allowed: it describes images all the same.
  }
}
