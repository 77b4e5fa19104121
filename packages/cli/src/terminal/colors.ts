import type { WriteStream } from 'node:tty'
import pc from 'picocolors'

type Stream = NodeJS.WriteStream & Partial<WriteStream>
export type Colors = ReturnType<typeof pc.createColors>

/** What of a terminal's colours the stream shows: all, or none. */
export function colorsOf(stream: Stream): Colors {
  // https://no-color.org
  return pc.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb')
}
