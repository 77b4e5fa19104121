import { digits, grouped, table } from '../search/markdown.js'

/** The figures as Markdown. */
export function report({ machine, model, count, ingests, decoding, refusals, fakeMemory, demoMemory, loads }) {
  const { cpu, cores, memoryGiB, node, date, commit } = machine
  return [
    `Measured on ${cpu}, ${cores} cores, ${memoryGiB} GiB of memory, Node ${node}, ${date}, commit ${commit}. The load was ${digits(Math.min(...loads))} to ${digits(Math.max(...loads))} meanwhile, which is how many wanted a core, this measurement included.`,
    ...(ingests.length > 0 ? [throughput(model, count, ingests)] : []),
    ...(decoding ? [decodingTimes(model, decoding)] : []),
    ...(refusals ? [refusalTimes(refusals)] : []),
    ...(fakeMemory
      ? [
          memory([
            ['fake', fakeMemory],
            ['demo model', demoMemory],
          ]),
        ]
      : []),
  ].join('\n\n')
}

function throughput(model, count, ingests) {
  const kinds = [...new Set(ingests.map(kindOf))].map((kind) => ingests.filter((ingest) => kindOf(ingest) === kind))
  const base = median(kinds[0].map(({ rate }) => rate))
  const rows = kinds.map((rounds) => {
    const of = (name) => median(rounds.map((round) => round[name]))
    return [
      `${rounds[0].workers} × ${rounds[0].threads}`,
      digits(of('rate')),
      `${digits(median(rounds.map((round) => round.rate / firstOf(ingests, round).rate)))} ×`,
      percent(of('inNetwork')),
      digits(of('perRun')),
      digits(of('cores')),
      `${digits((of('rate') / of('cores') / base) * median(kinds[0].map(({ cores }) => cores)))} ×`,
      `${digits(of('late'))} / ${digits(of('latest'))}`,
      grouped(of('peak') / 2 ** 20),
    ]
  })
  const head = [
    'workers × threads',
    'images/s',
    'of the first, same round',
    'of the workers’ time, inside the network',
    'ms a run',
    'cores it got',
    'images per core and second, of the first',
    'event loop late by p99 / most, ms',
    'peak memory, MiB',
  ]
  const what = model === 'demo' ? 'the demo’s model and gallery' : 'a model of full size, pictures of 640 × 480'
  return `${grouped(count)} images by \`addAll\`, ${what}; medians of ${kinds[0].length} rounds:\n\n${table(head, rows)}`
}

const kindOf = ({ workers, threads }) => `${workers}x${threads}`

/** What the same round gave for the first kind. */
function firstOf(ingests, { round }) {
  return ingests.find((ingest) => ingest.round === round)
}

function decodingTimes(model, decoding) {
  const rows = Object.entries(decoding).map(([name, { bytes, median, least }]) => [
    name,
    grouped(bytes / 1024),
    digits(median),
    digits(least),
  ])
  const what = model === 'demo' ? '256 pixels on the short side' : '1067 × 800 pixels'
  return `From \`extract\` to the beginning of the network, nothing else going on; scaled to ${what}:\n\n${table(['image', 'KiB', 'median ms', 'least ms'], rows)}`
}

function refusalTimes(refusals) {
  const rows = Object.entries(refusals).map(([name, { code, median, most }]) => [
    name,
    `\`${code}\``,
    digits(median),
    digits(most),
  ])
  return `Bad input, answered by an idle extractor, which goes on working:\n\n${table(['input', 'code', 'median ms', 'most ms'], rows)}`
}

function memory(kinds) {
  const rows = kinds.map(([name, { count, rssPerImage, heldPerImage, peak }]) => [
    name,
    grouped(count),
    grouped(heldPerImage),
    grouped(rssPerImage),
    grouped(peak / 2 ** 20),
  ])
  const head = ['extractor', 'images', 'held, bytes/image', 'process, bytes/image', 'peak, MiB']
  return `Memory over the second half of an ingest whose store and index forget everything, as the slope of a straight line:\n\n${table(head, rows)}`
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
