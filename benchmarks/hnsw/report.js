import { digits, grouped, table } from '../search/markdown.js'
import { kinds } from './vectors.js'

/** The figures as Markdown, each of HNSW beside that of the exact index. */
export function report({ machine, options: { metric, k, queries }, loads, results }) {
  const { cpu, cores, node, date, commit } = machine
  const keys = [...new Set(results.map(keyOf))]
  const sections = keys.map((key) => results.filter((result) => keyOf(result) === key))
  const noise = Math.max(...results.map(({ noise }) => noise.p99 / noise.p50))
  return [
    `Measured on ${cpu}, ${cores} cores, Node ${node}, ${date}, commit ${commit}; ${metric} distances, the ${k} nearest, ${grouped(queries)} queries that are not in the index, one after the other.`,
    ...sections.map(section),
    `The machine was shared. Its load was ${digits(Math.min(...loads))} to ${digits(Math.max(...loads))}, which is how many wanted a core, this measurement included; a loop of a tenth of a millisecond took up to ${digits(noise)} times as long at its 99th percentile as at its median. Go by the ratios.`,
  ].join('\n\n')
}

const keyOf = ({ kind, size }) => `${kind} ${size}`

function section(results) {
  const [exact, hnsw] = results
  const { name, dimensions } = kinds[exact.kind]
  const searched = [
    row('exact', exact.rows[0], exact.rows[0]),
    ...hnsw.rows.map((it) => row(`HNSW, efSearch ${it.ef}`, it, exact.rows[0])),
  ]
  const costs = results.map(({ engine, size, build, memory, file, saveSeconds, rows }) => [
    engine === 'exact' ? 'exact' : 'HNSW',
    grouped(size / build.seconds),
    ratio(build.seconds / exact.build.seconds),
    late(build.lateness),
    late(latest(rows.flatMap(({ opening, asking }) => [opening, asking]))),
    grouped(memory / size),
    grouped(file / size),
    `${digits(saveSeconds)} / ${digits(rows[0].openSeconds)}`,
  ])
  return [
    `### ${grouped(exact.size)} ${name}, ${dimensions} dimensions`,
    table(['index', 'found', 'p50 ms', 'p99 ms', 'its p50 : exact'], searched),
    table(
      [
        'index',
        'put, images/s',
        'time : exact',
        'event loop late by while filled, ms',
        'while opened and searched, ms',
        'memory, bytes/image',
        'snapshot, bytes/image',
        'saved / opened, s',
      ],
      costs,
    ),
  ].join('\n\n')
}

function row(name, { recall, p50, p99 }, exact) {
  const found = recall === 1 && name === 'exact' ? 'all' : `${(recall * 100).toFixed(1)} %`
  return [name, found, digits(p50), digits(p99), ratio(p50 / exact.p50)]
}

function late({ p99, max, computed }) {
  return `${digits(p99)} / ${digits(max)} (${digits(computed)})`
}

function latest(latenesses) {
  const most = (name) => Math.max(...latenesses.map((lateness) => lateness[name]))
  return { p99: most('p99'), max: most('max'), computed: most('computed') }
}

function ratio(value) {
  return `${digits(value)} ×`
}
