import { readFileSync } from 'node:fs'

const numbers = (text) => (text === '' ? [] : text.split(' ').map(Number))

/** `statistics.json`, its lists of numbers unpacked. `derive-statistics.js` says what they are. */
export function readStatistics() {
  const { of, measured, sets, scores } = JSON.parse(
    readFileSync(new URL('../statistics.json', import.meta.url), 'utf8'),
  )
  return {
    of,
    measured: { ...unpacked(measured), scores: unpacked(measured.scores) },
    sets: { ...unpacked(sets), commonSets: sets.commonSets.split(' ').map(commonSet) },
    scores: unpacked(scores),
  }
}

function unpacked(part) {
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, unpackedValue(value)]))
}

function unpackedValue(value) {
  if (Array.isArray(value)) return value.map(unpackedValue)
  return typeof value === 'string' ? numbers(value) : value
}

function commonSet(text) {
  const [set, weight] = text.split('=')
  return { set: set === '' ? [] : set.split(',').map(Number), weight: Number(weight) }
}
