// biome-ignore lint/suspicious/noControlCharactersInRegex: these two are what this is about.
const unkeepable = /[\u0000\u0001]/

/**
 * Tags are any text, and PostgreSQL's text cannot hold U+0000. It is kept as U+0001 '0', and U+0001 itself as U+0001 '1':
 * different tags stay different, and every tag without these two characters is kept as it is.
 */
export function encodeTag(tag: string): string {
  if (!unkeepable.test(tag)) return tag
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  return tag.replace(/[\u0000\u0001]/g, (character) => (character === '\u0000' ? '\u00010' : '\u00011'))
}

export function decodeTag(text: string): string {
  if (!text.includes('\u0001')) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  return text.replace(/\u0001([01])/g, (_, digit) => (digit === '0' ? '\u0000' : '\u0001'))
}

/** Tags as the text of an array. An array of arrays would have to be rectangular, so the tags of many travel as such texts. */
export function arrayLiteral(tags: readonly string[]): string {
  let literal = ''
  for (const tag of tags) {
    literal += literal === '' ? '{"' : '","'
    const text = encodeTag(tag)
    literal += /["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text
  }
  return literal === '' ? '{}' : `${literal}"}`
}
