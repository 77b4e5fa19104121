import { dimensions } from './class-sets.js'
import { withUnseen } from './with-unseen.js'

// In 32nds of a doubling: a step is 2 %.
const steps = 32

/** A table of pairs as whole numbers: the part above the diagonal, row by row, logarithms; 0 is impossible. */
export function packPairs(table) {
  return above(dimensions, (pair) => (table[pair] > 0 ? Math.round(Math.log2(table[pair]) * steps) + 1000 : 0))
}

/** The table that was packed; `mirrored` below the diagonal as well. */
export function unpackPairs(packed, mirrored = false) {
  const table = new Float64Array(dimensions ** 2)
  let at = 0
  above(dimensions, (pair, mirror) => {
    const code = packed[at++]
    if (code > 0) table[pair] = 2 ** ((code - 1000) / steps)
    if (mirrored) table[mirror] = table[pair]
  })
  return table
}

/** The square table of counts that are listed above the diagonal, row by row. */
function tableOf(counts) {
  const table = new Float64Array(dimensions ** 2)
  let at = 0
  above(dimensions, (pair) => {
    table[pair] = counts[at++]
  })
  return table
}

function above(size, call) {
  const values = []
  for (let row = 1; row < size; row++) {
    for (let column = row + 1; column < size; column++) values.push(call(row * size + column, column * size + row))
  }
  return values
}

/** What `ClassSets` takes, from what `readStatistics` returned. */
export function setTables({ measured, sets: fitted }) {
  const { commonSets, rareSizes, singles, firstPairs, affinity, leaning, odd, oddShares } = fitted
  const pairs = withUnseen(tableOf(measured.pairs), measured.classes)
  // A rare pair is one that is not common.
  for (const { set } of commonSets) if (set.length === 2) pairs[set[0] * dimensions + set[1]] = 0
  return {
    commonSets,
    rareSizes,
    singles,
    pairs,
    firstPairs: unpackPairs(firstPairs),
    affinity: unpackPairs(affinity, true),
    leaning,
    odd,
    oddShares,
  }
}
