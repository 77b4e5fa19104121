/** The states that are saved in turns. */
export const STATES = 3
export const stateShape = { dimensions: 300, metric: /** @type {const} */ ('euclidean') }
/** Together nearly two megabytes: a save takes several writes. */
const DENSE = 1500
const SPARSE = 500

/**
 * The entries of a state, under the same ids in each; not one has the vector or tag that it has in another.
 *
 * @param {number} state
 */
export function stateEntries(state) {
  return Array.from({ length: DENSE + SPARSE }, (_, at) => {
    const vector = new Float32Array(stateShape.dimensions).fill(at < DENSE ? state + 1 : 0)
    vector[(at + state) % stateShape.dimensions] = state + 0.5
    return { id: at % 2 === 0 ? `image-${at}` : String(at), vector, tags: [`state ${state}`] }
  })
}
