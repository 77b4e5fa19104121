/** Only what is certain is 100%. */
export const percent = (value) => `${Math.min(Math.round(value * 100), value < 1 ? 99 : 100)}%`

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** The distinct objects of an image, best first: `{ object, score, count, boxes }`. */
export function grouped(objects) {
  const groups = new Map()
  for (const { object, score, box } of objects) {
    const group = groups.get(object) ?? { object, score, count: 0, boxes: [] }
    group.score = Math.max(group.score, score)
    group.count += 1
    if (box !== null) group.boxes.push(box)
    groups.set(object, group)
  }
  return [...groups.values()].sort((a, b) => b.score - a.score)
}

/** What can be seen, for those who cannot: "2 × sheep, cow". */
export function description(objects) {
  const named = grouped(objects).map(({ object, count }) => (count > 1 ? `${count} × ${object}` : object))
  return named.length === 0 ? 'Image in which nothing was recognised' : named.join(', ')
}

/** "dog, frisbee, no person" */
export function describeConditions(conditions) {
  return [...conditions].map(([name, state]) => (state === 'with' ? name : `no ${name}`)).join(', ')
}

const facets = { arrangement: 'arrangement', colors: 'colours', embedding: 'overall look' }
export const causeName = ({ kind, name }) =>
  kind === 'facet' ? (facets[name] ?? name) : kind === 'tag' ? `#${name}` : name

/** A colour per object, the same in boxes, list, chips and reasons. Neighbours in the list are far apart. */
const hues = [28, 255, 145, 330, 85, 200, 300, 55, 175, 0]
export const huesOf = (names) => new Map([...new Set(names)].map((name, place) => [name, hues[place % hues.length]]))
export const huesOfImage = ({ objects }) => huesOf(grouped(objects).map(({ object }) => object))
