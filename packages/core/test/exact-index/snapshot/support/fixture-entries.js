/**
 * What is in the fixture, worked out from whole numbers by nothing but what is exact everywhere: years from now it must
 * still be the same, whatever has become of the project's own generators.
 */

/** @typedef {{ id: string, vector: Float32Array, tags: string[] }} Entry */

export const FIXTURE_DIMENSIONS = 81
export const FIXTURE_METRIC = 'cosine'
export const FIXTURE_POSITION = 'feed/17 – ü😀'

const ODD_IDS = [
  ...['0', '7', '007', '2147483647', '2147483648', '-1', '1.5', ' ', 'ä', 'e\u0301', '日本語', '😀', '\uffff', '\0'],
  ...['\ufeffmark', '__proto__', 'x'.repeat(300), '😀'.repeat(60)],
]
const TAGS = [[], ['red'], ['red', 'round'], ['größer als 1'], [], ['"quoted"', 'red'], ['😀']]
const SET = [3, 17, 44]
/** More than one block holds. */
const LARGE = 90

/** @returns {Entry[]} those that the fixture has */
export function fixtureEntries() {
  return [...largeSet(), ...sparse(), ...dense()].map((vector, at) => ({
    id: ODD_IDS[at] ?? (at % 3 === 0 ? `image-${at}` : String(at * at)),
    vector,
    tags: TAGS[at % TAGS.length] ?? [],
  }))
}

/** @returns {Entry[]} those that were in it once, and have left holes */
export function leftEntries() {
  return fixtureEntries().map(({ vector }, at) => ({
    id: at % 2 === 0 ? `left-${at}` : String(1e6 + at),
    vector: vector.map((value, axis) => (axis % 5 === at % 5 ? (at + 3) / 256 : value)),
    tags: [`left ${at % 20}`],
  }))
}

function largeSet() {
  return Array.from({ length: LARGE }, (_, at) => vectorOf(SET.map((axis, column) => [axis, score(at, column)])))
}

function sparse() {
  const some = Array.from({ length: 40 }, (_, at) => {
    const classes = Array.from({ length: 1 + (at % 6) }, (_, column) => (at * at + 13 * column) % FIXTURE_DIMENSIONS)
    return vectorOf(classes.map((axis, column) => [axis, column === 4 ? -score(at, column) : score(at, column)]))
  })
  const many = [28, 29, 30].map((size) =>
    vectorOf(Array.from({ length: size }, (_, axis) => [axis, score(size, axis)])),
  )
  return [...some, ...many, vectorOf([]), vectorOf([]), vectorOf([[5, 1]]), vectorOf([[5, 1]]), vectorOf([[5, 0.5]])]
}

function dense() {
  return [31, 32, 50, 80, 81, 81, 81, 81].map((size, at) =>
    vectorOf(Array.from({ length: size }, (_, axis) => [axis, score(at < 7 ? at : 6, axis) - (axis % 2)])),
  )
}

/** @param {number} at @param {number} column */
function score(at, column) {
  return (180 + ((at * 37 + column * 101 + ((at * column) % 7)) % 76)) / 256
}

/** @param {(readonly [number, number])[]} values */
function vectorOf(values) {
  const vector = new Float32Array(FIXTURE_DIMENSIONS)
  for (const [axis, value] of values) vector[axis] = value
  return vector
}
