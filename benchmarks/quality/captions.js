/** Which images people described alike: the relevance of one to another, from captions, which no detector made. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Words that say nothing of what is in a picture. */
const STOP_WORDS = new Set(
  `a about above across after again against all along also although am among an and another any anyone anything anywhere are around as at
  away back be became because been before behind being below beneath beside besides between beyond both but by can cannot could did do does
  doing done down during each either else enough even ever every everyone everything few first for former from front full further get give
  go had has have having he hence her here hers herself him himself his how however i if in indeed into is it its itself just last least
  less made many may me mine more moreover most mostly much must my myself name near neither never next no nobody none nor not nothing now
  of off often on once one only onto or other others our ours out over own part per perhaps please put quite rather really same see seem
  seemed several she should show side since so some somehow someone something sometimes still such than that the their theirs them
  themselves then there these they thing this those though three through throughout thus to together too top toward towards two under
  until up upon us very was we well were what when where whether which while who whole whose why will with within without would yet you
  your yours`.split(/\s+/),
)

/**
 * @param {string} folder with `captions.json`: `{ name: [caption, …] }`
 * @returns {{ names: string[], relevance: (query: number, other: number) => number }} relevance is 0..1: the cosine of the captions' TF-IDF
 * vectors (words in fewer than two images dropped, sublinear term frequency)
 */
export function readCaptions(folder) {
  const captions = JSON.parse(readFileSync(join(folder, 'captions.json'), 'utf8'))
  const names = Object.keys(captions)
  const counts = names.map((name) => {
    const words = new Map()
    for (const [word] of captions[name].join(' ').toLowerCase().matchAll(/\w\w+/g)) {
      if (!STOP_WORDS.has(word)) words.set(word, (words.get(word) ?? 0) + 1)
    }
    return words
  })
  const images = new Map()
  for (const words of counts) for (const word of words.keys()) images.set(word, (images.get(word) ?? 0) + 1)
  const vectors = counts.map((words) => {
    const known = [...words].filter(([word]) => images.get(word) > 1)
    const weighed = known.map(([word, count]) => [
      word,
      (1 + Math.log(count)) * (1 + Math.log((1 + names.length) / (1 + images.get(word)))),
    ])
    const length = Math.hypot(...weighed.map(([, weight]) => weight))
    return new Map(weighed.map(([word, weight]) => [word, weight / length]))
  })
  const relevances = new Float32Array(names.length ** 2)
  for (const [query, words] of vectors.entries()) {
    for (let other = 0; other <= query; other++) {
      let sum = 0
      for (const [word, weight] of words) sum += weight * (vectors[other].get(word) ?? 0)
      relevances[query * names.length + other] = sum
      relevances[other * names.length + query] = sum
    }
  }
  return { names, relevance: (query, other) => relevances[query * names.length + other] }
}
