/** Something that whoever called can mend. The message says how, so it is shown without a stack. */
export class Failure extends Error {}

/** The end of a log, for a message. */
export function lastLines(text, count = 15) {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
