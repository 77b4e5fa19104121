/** How images are called: `numbers` as a database counts them, `names` as the files of photo collections. */
export const idKinds = ['numbers', 'names']

/** The id of image number `at`. Names are twelve digits and a suffix, in no order. */
export function idOf(at, kind) {
  if (kind === 'numbers') return String(at)
  // Multiplied by an odd number, no two of 2^32 numbers fall together.
  return `${String(Math.imul(at, 2654435761) >>> 0).padStart(12, '0')}.jpg`
}
