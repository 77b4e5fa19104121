/**
 * What is in the fixture, worked out from whole numbers by nothing but what is exact everywhere: years from now it must
 * still be the same, whatever has become of the project's own generators.
 */

/** @typedef {{ id: string, vector: Float32Array, tags: string[] }} Entry */

export const FIXTURE_OPTIONS = { dimensions: 8, metric: /** @type {const} */ ('cosine'), m: 4, efConstruction: 40 }
export const FIXTURE_POSITION = 'feed/17 – ü😀'

const ODD_IDS = ['0', '007', ' ', 'ä', 'e\u0301', '日本語', '😀', '\uffff', '\0', '\ufeffmark', '__proto__']
const TAGS = [[], ['red'], ['red', 'round'], ['größer als 1'], [], ['"quoted"', 'red'], ['😀']]

/** @returns {Entry[]} those that the fixture has */
export function fixtureEntries() {
  return Array.from({ length: 90 }, (_, at) => ({
    id: ODD_IDS[at] ?? `image-${at}`,
    vector: vectorOf(at),
    tags: TAGS[at % TAGS.length] ?? [],
  }))
}

/** @returns {Entry[]} those that were in it once, and have left free slots */
export function leftEntries() {
  return Array.from({ length: 20 }, (_, at) => ({ id: `left-${at}`, vector: vectorOf(at + 1000), tags: ['left'] }))
}

/** @param {number} at */
function vectorOf(at) {
  if (at === 13) return new Float32Array(8)
  return Float32Array.from({ length: 8 }, (_, axis) => (((at * 37 + axis * 101 + at * axis * 13) % 251) - 125) / 128)
}
