import { mutated, type Pick } from '../mutations.ts'
import { insertWord, replaceValue, rightLength } from './text-mutations.ts'

const WORDS = [insertWord, insertWord, replaceValue, replaceValue, rightLength]

/** One of `sources`, changed anywhere, or only in its first line, or only behind its head: what breaks the head gets no further than the parser of HTTP. */
export function changedRequest(sources: readonly Buffer[], pick: Pick): Buffer {
  const source = sources[pick(sources.length)]!
  const end = source.indexOf('\r\n\r\n') + 4
  const hasBody = end < source.length
  const where = pick(hasBody ? 4 : 2)
  if (where === 0) return mutated([source], pick, WORDS)
  if (where === 1) {
    const line = source.indexOf('\r\n')
    const [start, last] = [source.indexOf(' ') + 2, line - ' HTTP/1.1'.length]
    const address = mutated([source.subarray(start, last)], pick, WORDS)
    return Buffer.concat([source.subarray(0, start), readable(address), source.subarray(last)])
  }
  const bodies = sources
    .map((other) => other.subarray(other.indexOf('\r\n\r\n') + 4))
    .filter(({ length }) => length > 0)
  const body = mutated([source.subarray(end)], pick, [...WORDS, goOnAsAnotherOf(bodies)])
  return rightLength(Buffer.concat([source.subarray(0, end), body]), pick, sources)
}

/** Signs that no first line may have would end it. */
function readable(address: Buffer): Buffer {
  return Buffer.from(address.toString('latin1').replaceAll(/[^\x21-\x7e]/g, (sign) => encodeURIComponent(sign)))
}

const goOnAsAnotherOf =
  (bodies: readonly Buffer[]) =>
  (bytes: Buffer, pick: Pick): Buffer => {
    const other = bodies[pick(bodies.length)]!
    return Buffer.concat([bytes.subarray(0, pick(bytes.length + 1)), other.subarray(pick(other.length))])
  }
