/** What the shell is told; the documented interface of scripts. */
export const exitCodes = {
  ok: 0,
  /** Some of what was asked for could not be done; the rest was. */
  someFailed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Nothing could be done: the model, the store or the network is not to be had. */
  unavailable: 3,
  /** 128 and the number of the signal, as shells have it. */
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
