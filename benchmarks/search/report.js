import { digits, grouped, table } from './markdown.js'

/** The figures as Markdown: per size and metric what each engine needs, beside ours. */
export function report({ machine, options, results }) {
  const parts = [about(machine, options)]
  for (const size of options.sizes) {
    for (const metric of options.metrics) {
      const here = results.filter((result) => result.size === size && result.metric === metric)
      if (here.length > 0) parts.push(section(size, metric, here))
    }
  }
  return parts.join('\n\n')
}

function about({ cpu, cores, memoryGiB, system, node, commit, date }, { budget }) {
  const where = `${cpu}, ${cores} cores, ${memoryGiB} GiB of memory, ${system}, Node ${node}, ${date}, commit ${commit}`
  return `Measured on ${where}. One query after the other, each engine on one thread, at most ${budget} s per kind of query.`
}

function section(size, metric, results) {
  const ours = results.find(({ engine }) => engine === 'ours')
  return [
    `### ${grouped(size)} images, ${metric}`,
    table(
      ['engine', 'build, images/s', 'bytes/image', 'what it is'],
      results.map((it) => [it.engine, grouped(it.build.perSecond), bytesPerImage(it), settings(it)]),
    ),
    'Queries like the images:',
    table(
      ['k', 'engine', 'p50 ms', 'p95 ms', 'p99 ms', 'queries/s', 'its p50 : ours', 'recall'],
      asked(results, 'fresh').flatMap((k) => results.map((result) => freshRow(result, k, ours))),
    ),
    'Hard queries, p50 / p99 ms (p50 : ours):',
    table(
      ['query', 'k', ...results.map(({ engine }) => engine)],
      Object.entries(hardKinds).flatMap(([kind, name]) =>
        asked(results, kind).map((k) => [name, k, ...results.map((result) => hardCell(result, kind, k, ours))]),
      ),
    ),
    ...remarks(results),
    ...(ours ? details(ours) : []),
  ].join('\n\n')
}

const hardKinds = { unheard: 'six classes at random', twelve: 'twelve objects', zero: 'no object' }

const asked = ([{ queries }], wanted) => queries.filter(({ kind }) => kind === wanted).map(({ k }) => k)

const figures = ({ queries }, kind, k) => queries.find((query) => query.kind === kind && query.k === k)

function freshRow(result, k, ours) {
  const { p50, p95, p99, perSecond } = figures(result, 'fresh', k)
  const recall = result.recall ? `${(result.recall[k] * 100).toFixed(1)} %` : 'exact'
  return [
    k,
    result.engine,
    digits(p50),
    digits(p95),
    digits(p99),
    grouped(perSecond),
    ratio(result, 'fresh', k, ours),
    recall,
  ]
}

function hardCell(result, kind, k, ours) {
  const { p50, p99 } = figures(result, kind, k)
  const beside = ratio(result, kind, k, ours)
  return `${digits(p50)} / ${digits(p99)}${beside && ` (${beside})`}`
}

function ratio(result, kind, k, ours) {
  if (!ours || result === ours) return ''
  return `${digits(figures(result, kind, k).p50 / figures(ours, kind, k).p50)} ×`
}

function remarks(results) {
  return results
    .filter(({ together }) => together)
    .map(({ engine, together }) => {
      const each = together.map(({ k, mean }) => `${digits(mean)} ms for k = ${k}`).join(', ')
      return `${engine}, ${together[0].count} queries handed over at once, each: ${each}.`
    })
}

function details({ exactness, snapshot, writes, noise }) {
  const lines = [
    `The machine meanwhile: a loop that takes ${digits(noise.p50)} ms took p95 ${digits(noise.p95)} ms, p99 ${digits(noise.p99)} ms.`,

    `Checked: ${grouped(exactness.compared)} distances of ours against a full scan, all equal to the last bit.`,
  ]
  if (snapshot) {
    const { save, open, bytes } = snapshot
    const saved = `saved in ${digits(save.seconds)} s (${grouped(save.perSecond)} images/s)`
    const opened = `opened in ${digits(open.seconds)} s (${grouped(open.perSecond)} images/s)`
    lines.push(`Snapshot: ${saved}, ${opened}, ${grouped(bytes / 2 ** 20)} MiB.`)
  }
  if (writes) {
    const { reachedPerSecond, batchSize, queriesPerSecond, search, k, batch } = writes
    const load = `${grouped(reachedPerSecond)} writes/s in batches of ${batchSize} and ${queriesPerSecond} queries/s`
    const asked = `search for ${k} p50 ${digits(search.p50)} ms, p99 ${digits(search.p99)} ms, waiting included`
    lines.push(`Under ${load}: ${asked}; a batch takes p50 ${digits(batch.p50)} ms, p99 ${digits(batch.p99)} ms.`)
  }
  return lines
}

/** By the engine's own account, or by how much its process grew. */
function bytesPerImage({ size, memory: { account, grown } }) {
  if (account) {
    const parts = Object.entries(account.bytes).map(([part, bytes]) => `${part} ${digits(bytes / account.images)}`)
    return `${digits(Object.values(account.bytes).reduce((sum, bytes) => sum + bytes, 0) / account.images)} (${parts.join(', ')})`
  }
  return digits(grown / size)
}

function settings({ settings, version }) {
  return version ? `${version}; ${settings}` : settings
}
