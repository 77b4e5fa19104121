import { AliasTable } from './alias-table.js'

/** Axes of a vector; axis 0 is the background and always 0. */
export const dimensions = 81
/** The most objects that a generated image has. */
export const largestSet = 11

const groups = [3, 4, 5, 6]

/** Rare sets of three classes, of four, of five and of more favour classes each in their own way. */
export const sizeGroup = (size) => Math.min(size, groups.at(-1)) - groups[0]
export const sizeGroups = groups.length

/**
 * Draws which classes are on an image: a common set as a whole, or a rare one class after the other. A rare set begins
 * with a pair and takes in further classes, each with the weight
 *
 *     how common the class is × its affinity to each class that is there already
 *
 * so that a kitchen goes on as a kitchen; or, now and then, an odd one that follows from nothing, as real images have it.
 */
export class ClassSets {
  /** The set drawn last, ascending; as many entries as `draw` said. */
  classes = new Uint8Array(largestSet)
  #sets
  #kinds
  #singles
  #pairs
  #firstPairs
  #oddShares
  #odd
  #leaning
  #affinity
  #weights = new Float64Array(dimensions)

  /**
   * `commonSets`: with their weights. `rareSizes`: weights of the sizes of rare sets, on the same scale. `singles`, `pairs`:
   * rare sets with one class and with two. `firstPairs`: how larger ones begin. Pairs and `affinity` are square tables,
   * row by row. `odd`: how common a class is among odd ones; `leaning`: by how much more in sets of each group of sizes.
   * `oddShares`: the probability that the next class is an odd one, by how many there are.
   */
  constructor({ commonSets, rareSizes, singles, pairs, firstPairs, affinity, leaning, odd, oddShares }) {
    this.#sets = commonSets.map(({ set }) => Uint8Array.from(set))
    this.#kinds = new AliasTable([...commonSets.map(({ weight }) => weight), ...rareSizes])
    this.#singles = new AliasTable(singles)
    this.#pairs = new AliasTable(pairs)
    this.#firstPairs = leaning.map((lean) => new AliasTable(leant(firstPairs, lean)))
    this.#affinity = Float64Array.from(affinity)
    this.#leaning = leaning.map((lean) => Float64Array.from(lean, (factor, axis) => factor * odd[axis]))
    this.#odd = leaning.map((lean) => new AliasTable(lean.map((factor, axis) => factor * odd[axis])))
    this.#oddShares = Float64Array.from(oddShares)
  }

  /** Returns the size of the set. */
  draw(random) {
    const kind = this.#kinds.draw(random)
    const set = this.#sets[kind]
    if (!set) return this.drawRare(kind - this.#sets.length, random)
    for (let at = 0; at < set.length; at++) this.classes[at] = set[at]
    return set.length
  }

  drawRare(size, random) {
    if (size === 1) this.classes[0] = this.#singles.draw(random)
    if (size === 2) this.#drawPair(this.#pairs, random)
    if (size > 2) this.#grow(size, random)
    return size
  }

  #grow(size, random) {
    const group = sizeGroup(size)
    this.#drawPair(this.#firstPairs[group], random)
    const classes = this.classes
    const weights = this.#weights
    const base = this.#leaning[group]
    const affinity = this.#affinity
    const [first, second] = [classes[0] * dimensions, classes[1] * dimensions]
    let total = 0
    for (let at = 1; at < dimensions; at++)
      total += weights[at] = base[at] * affinity[first + at] * affinity[second + at]
    for (let taken = 2; ; ) {
      const next =
        random.fraction() < this.#oddShares[taken] ? this.#oddOne(group, random) : this.#fittingOne(total, random)
      insert(classes, taken++, next)
      if (taken === size) return
      const row = next * dimensions
      total = 0
      for (let at = 1; at < dimensions; at++) total += weights[at] *= affinity[row + at]
    }
  }

  #oddOne(group, random) {
    for (;;) {
      const next = this.#odd[group].draw(random)
      // Only the classes that are there already have no weight.
      if (this.#weights[next] > 0) return next
    }
  }

  #fittingOne(total, random) {
    const weights = this.#weights
    let rest = random.fraction() * total
    let next = 1
    while (next < dimensions - 1 && rest >= weights[next]) rest -= weights[next++]
    // Rounding may end on a class that is there already.
    while (weights[next] === 0) next--
    return next
  }

  #drawPair(table, random) {
    const pair = table.draw(random)
    const [one, other] = [Math.floor(pair / dimensions), pair % dimensions]
    this.classes[0] = Math.min(one, other)
    this.classes[1] = Math.max(one, other)
  }
}

function insert(ascending, length, value) {
  let at = length
  for (; at > 0 && ascending[at - 1] > value; at--) ascending[at] = ascending[at - 1]
  ascending[at] = value
}

function leant(pairs, lean) {
  return pairs.map((weight, pair) => weight * lean[Math.floor(pair / dimensions)] * lean[pair % dimensions])
}
