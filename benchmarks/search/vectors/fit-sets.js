import { AliasTable } from './alias-table.js'
import { ClassSets, dimensions, largestSet, sizeGroup, sizeGroups } from './class-sets.js'
import { forPairs, sum } from './measure.js'
import { Random } from './random.js'
import { withUnseen } from './with-unseen.js'

// Both chosen by hand, so that different sets become more as they do in the real data, and then go on so. A set that was
// seen c times is expected a little less often than that (Good and Turing); by how much, by its size.
const discounts = [0, 0, 0.6, 1]
// The more objects there are, the less the next one follows from them.
const oddShares = Array.from({ length: largestSet }, (_, taken) =>
  taken < 2 ? 0 : 0.45 * (1 + Math.min(taken - 2, 4) / 4),
)

const rounds = 80
const imagesPerRound = 200_000

/** Tables for `ClassSets` with which pairs of classes come out as often as `measured`. Takes some seconds. */
export function fitSets(measured) {
  const commonSets = []
  const rareSizes = measured.sizes.slice()
  const singles = measured.classes.slice()
  const counts = measured.pairs.slice()
  const rareByGroup = Array.from({ length: sizeGroups }, () => Array(dimensions).fill(0))
  for (const [key, count] of measured.sets) {
    const set = key === '' ? [] : key.split(',').map(Number)
    const weight = count === 1 ? 0 : count - discounts[Math.min(set.length, 3)]
    if (set.length > 2) for (const axis of set) rareByGroup[sizeGroup(set.length)][axis] += count - weight
    if (count === 1) continue
    commonSets.push({ set, weight })
    rareSizes[set.length] -= weight
    forPairs(set, (pair) => (counts[pair] -= weight))
    if (set.length === 1) singles[set[0]] = 0
  }

  const wanted = withUnseen(counts, measured.classes)
  const share = byClass(wanted)
  const tables = {
    commonSets,
    rareSizes,
    singles,
    firstPairs: wanted.slice(),
    affinity: wanted.slice().fill(1),
    leaning: Array.from({ length: sizeGroups }, () => Array(dimensions).fill(1)),
    odd: share.slice(),
    oddShares,
  }
  for (let row = 0; row < dimensions; row++) tables.affinity[row * dimensions + row] = 0
  rake(tables, wanted, rareByGroup)
  return tables
}

function byClass(pairs) {
  const classes = Array(dimensions).fill(0)
  pairs.forEach((share, pair) => {
    classes[Math.floor(pair / dimensions)] += share / 2
    classes[pair % dimensions] += share / 2
  })
  return classes
}

/** Draws, compares, and moves each weight towards what was wanted, again and again. */
function rake(tables, wanted, wantedByGroup) {
  const random = new Random(1)
  const sizes = new AliasTable(tables.rareSizes.map((weight, size) => (size > 2 ? weight : 0)))
  for (let round = 0; round < rounds; round++) {
    const sets = new ClassSets({ ...tables, pairs: wanted })
    const drawn = new Float64Array(dimensions ** 2)
    const drawnByGroup = tables.leaning.map(() => Array(dimensions).fill(0))
    for (let image = 0; image < imagesPerRound; image++) {
      const size = sets.drawRare(sizes.draw(random), random)
      forPairs(sets.classes, (pair) => drawn[pair]++, size)
      for (let at = 0; at < size; at++) drawnByGroup[sizeGroup(size)][sets.classes[at]]++
    }
    const total = sum(drawn)
    for (let one = 1; one < dimensions; one++) {
      tables.leaning.forEach((lean, group) => {
        const perImage = sum(drawnByGroup[group]) / sum(wantedByGroup[group])
        lean[one] *= correction(wantedByGroup[group][one] * perImage, drawnByGroup[group][one]) ** 0.4
      })
      for (let other = one + 1; other < dimensions; other++) {
        const pair = one * dimensions + other
        const factor = correction(wanted[pair] * total, drawn[pair])
        const affinity = Math.min(200, Math.max(0.005, tables.affinity[pair] * factor ** 0.6))
        tables.affinity[pair] = tables.affinity[other * dimensions + one] = affinity
      }
    }
  }
}

/** Gentle where few were drawn, so that chance is not taken for a deviation. */
function correction(wanted, drawn) {
  return Math.min(2, Math.max(0.5, (wanted + 20) / (drawn + 20)))
}
