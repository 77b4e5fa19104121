import { parseArgs } from 'node:util'
import { engineNames } from './engines/index.js'
import { idKinds } from './ids.js'

const usage = `node benchmarks/search/index.js
  --sizes 5000,100000,1000000      how many images; 10000000 and 100000000 work as well
  --metrics euclidean,cosine
  --engines ${engineNames.join(',')}
  --k 30,300,3000                  how many matches are asked for
  --queries 2000                   of each kind, at most
  --budget 10                      seconds, after which no further query of a kind is asked
  --ids numbers                    or names: what the images are called
  --join FILE,FILE                 measures nothing; takes the figures of earlier runs from these files
  --json FILE                      all figures
  --write-docs                     the tables, into docs/performance.md`

/** The options of the command line; an unknown one is told, with the usage. */
export function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        sizes: { type: 'string', default: '5000,100000,1000000' },
        metrics: { type: 'string', default: 'euclidean,cosine' },
        engines: { type: 'string', default: engineNames.join() },
        k: { type: 'string', default: '30,300,3000' },
        queries: { type: 'string', default: '2000' },
        budget: { type: 'string', default: '10' },
        ids: { type: 'string', default: 'numbers' },
        join: { type: 'string' },
        json: { type: 'string' },
        'write-docs': { type: 'boolean', default: false },
      },
    })
    return {
      sizes: wholeNumbers('sizes', values.sizes),
      metrics: oneOf('metrics', values.metrics, ['euclidean', 'cosine']),
      engines: oneOf('engines', values.engines, engineNames),
      ks: wholeNumbers('k', values.k).sort((a, b) => a - b),
      queries: wholeNumbers('queries', values.queries)[0],
      budget: wholeNumbers('budget', values.budget)[0],
      ids: oneOf('ids', values.ids, idKinds)[0],
      join: values.join?.split(','),
      json: values.json,
      writeDocs: values['write-docs'],
    }
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`)
    process.exit(1)
  }
}

function wholeNumbers(name, text) {
  const numbers = text.split(',').map(Number)
  if (!numbers.every((number) => Number.isInteger(number) && number > 0))
    throw new Error(`--${name} takes whole numbers.`)
  return numbers
}

function oneOf(name, text, known) {
  const names = text.split(',')
  const unknown = names.find((it) => !known.includes(it))
  if (unknown !== undefined) throw new Error(`--${name}: '${unknown}' is none of ${known.join(', ')}.`)
  return names
}
