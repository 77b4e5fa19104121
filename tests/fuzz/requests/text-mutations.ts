import type { Mutation } from '../mutations.ts'

/** Words that mean something to one of those who read a request: the parser of HTTP, of addresses, of forms, of JSON, and whoever uses the values. */
const WORDS = [
  ...['\r\n', '\r\n\r\n', '\0', '\n', ' ', ': ', '\r\nTransfer-Encoding: chunked', '\r\nContent-Length: 5'],
  ...['\r\nExpect: 100-continue', '\r\nConnection: upgrade\r\nUpgrade: websocket', '\r\nHost: [', '\r\nHost: '],
  ...['%00', '%ff', '%', '%2e%2e%2f', '../', '//', '\\', '?', '&', '#', '=', '/v1/images/', '%F0%9F%90%B6'],
  ...['--boundary-of-7f3a', '--boundary-of-7f3a--', '; filename="../../x"', 'name="__proto__"', '; boundary='],
  ...['__proto__', 'constructor', 'toString', '\\u0000', '\\ud800', '\ufffd', '😀'],
  ...['null', 'true', '-1', '1e999', '-0', '0.1', '1e-320', 'NaN', '99999999999999999999', '""', '[]', '{}'],
  ...['[', ']', '{', '}', '"', ',', '{"id":', '{"objects":', '{"a":'],
  ...['[', '{"a":', '"', 'a', '&tag=x', '%F0%9F%90%B6'].map((word) => word.repeat(5000)),
]

export const insertWord: Mutation = (bytes, pick) => {
  const at = pick(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(WORDS[pick(WORDS.length)]!), bytes.subarray(at)])
}

/** In place of a number, or of a text in quotes. */
export const replaceValue: Mutation = (bytes, pick) => {
  const text = bytes.toString('latin1')
  const values = [...text.matchAll(/-?\d+(\.\d+)?|"[^"\r\n]*"/g)]
  const value = values[pick(values.length || 1)]
  if (value === undefined) return bytes
  const word = Buffer.from(WORDS[pick(WORDS.length)]!).toString('latin1')
  return Buffer.from(text.slice(0, value.index) + word + text.slice(value.index + value[0].length), 'latin1')
}

/** Says how long the body is, so that a changed one arrives as a whole. */
export const rightLength: Mutation = (bytes) => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return bytes
  const head = bytes.toString('latin1', 0, end)
  const length = bytes.length - end - 4
  const changed = head.replace(/(\r\ncontent-length:)[^\r\n]*/i, `$1 ${length}`)
  return Buffer.concat([Buffer.from(changed, 'latin1'), bytes.subarray(end)])
}
