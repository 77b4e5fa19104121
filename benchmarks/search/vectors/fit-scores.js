import { levels, quantile } from './measure.js'
import { nines } from './score-model.js'

// A class with few objects leans on all the others, as if it had this many of their scores.
const borrowed = 10

/** What `ScoreModel` takes. */
export function fitScores({ scores, classes }) {
  const all = ascending(scores.map(({ score }) => nines(score)))
  const perClass = classes.map((_, axis) =>
    ascending(scores.filter((it) => it.axis === axis).map((it) => nines(it.score))),
  )
  const byClass = perClass.map((values) => {
    if (values.length === 0) return []
    const own = values.length / (values.length + borrowed)
    return levels.map((level) => own * quantile(values, level) + (1 - own) * quantile(all, level))
  })
  const bySize = Array.from({ length: 12 }, (_, size) => {
    const ofSize = scores.filter((it) => it.size === size)
    const places = ascending(ofSize.map(({ axis, score }) => placeAmong(perClass[axis], nines(score))))
    return places.length === 0 ? [] : levels.map((level) => quantile(places, level))
  })
  return { byClass: rounded(byClass), bySize: rounded(bySize) }
}

function placeAmong(values, value) {
  return values.length === 1 ? 0.5 : values.indexOf(value) / (values.length - 1)
}

const ascending = (values) => Float64Array.from(values).sort()
const rounded = (rows) => rows.map((row) => row.map((value) => Number(value.toPrecision(3))))
