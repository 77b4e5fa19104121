/** Other ways to rank by objects, and ours with one part of it changed: written down apart from the package, so as to check it too. */

const sureness = (score) => Math.min(1, -Math.log1p(-score) / Math.log(1e4)) ** 1.3

/**
 * As in docs/ranking.md: from images, each a list of axes with scores, and the inverse document frequency of each axis, to the score of one of
 * them for another. `surer`: what it costs to be surer of an object than the query is.
 */
export function likeness({ power = 2, f = sureness, extra = 0.5, surer = 0 } = {}) {
  return (images, idf) => {
    const shown = images.map((image) => image.map(([axis, score]) => [axis, f(score), idf[axis] ** power]))
    return (query, other) => {
      const wished = new Map(shown[query].map(([axis, value]) => [axis, value]))
      let [found, all] = [0, 0]
      for (const [, value, weight] of shown[query]) all += weight * value
      for (const [axis, value, weight] of shown[other]) {
        const strength = wished.get(axis)
        found += weight * Math.min(strength ?? 0, value)
        all += weight * (strength === undefined ? extra * value : surer * Math.max(0, value - strength))
      }
      return all === 0 ? 0 : found / all
    }
  }
}

/** `-distance`, or the cosine, of the scores times a power of the inverse document frequency. */
function product({ power = 0, isCosine = true } = {}) {
  return (images, idf) => {
    const scaled = images.map((image) => new Map(image.map(([axis, score]) => [axis, score * idf[axis] ** power])))
    const squares = scaled.map((image) => [...image.values()].reduce((sum, value) => sum + value ** 2, 0))
    return (query, other) => {
      let sum = 0
      for (const [axis, value] of scaled[query]) sum += value * (scaled[other].get(axis) ?? 0)
      if (!isCosine) return 2 * sum - squares[query] - squares[other]
      return squares[query] * squares[other] === 0 ? 0 : sum / Math.sqrt(squares[query] * squares[other])
    }
  }
}

/** By name, each as `likeness` is. */
export const variants = {
  'distance, Euclidean: the original': product({ isCosine: false }),
  'distance, cosine': product(),
  'cosine, by rarity': product({ power: 1.5 }),
  'Dice, scores to the power 6, by rarity': likeness({ f: (score) => score ** 6, extra: 1, surer: 1 }),
  'ours, of all images': likeness(),
  '… presence in the place of sureness': likeness({ f: () => 1 }),
  '… the scores themselves': likeness({ f: (score) => score }),
  '… no rarity': likeness({ power: 0 }),
  '… what is extra costs nothing': likeness({ extra: 0 }),
  '… what is extra costs as much as what is missing': likeness({ extra: 1 }),
  '… being surer costs half': likeness({ surer: 0.5 }),
}
