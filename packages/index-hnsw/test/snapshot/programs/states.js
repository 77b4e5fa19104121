/** What the program that is killed saves in turn: the same images, each time with other vectors. */

export const STATES = 3
export const stateShape = { dimensions: 16, m: 4, efConstruction: 10, metric: /** @type {const} */ ('euclidean') }

/** @param {number} state */
export function stateEntries(state) {
  return Array.from({ length: 300 }, (_, at) => ({
    id: `image-${at}`,
    vector: Float32Array.from({ length: 16 }, (_, axis) => ((at * 31 + axis * 17 + state * 7) % 97) / 97),
    tags: [`state-${state}`],
  }))
}
