/**
 * The service over HTTP, on loopback: how many requests for similar images a second, alone and while images are described without pause, beside a
 * route that does nothing; how long a cold start takes; how soon the page shows its images; and what becomes of all that where ten times as much
 * is asked for as can be done, which takes some minutes and is done where it is named. Packages must be built.
 *
 *     npm run bench:server [-- --images 100000 --seconds 10 --rounds 3 --only search,start,page]
 *     npm run bench:server -- --only overload [--images 10000 --seconds 60 --rounds 1]
 */
import { parseArgs } from 'node:util'
import { machine } from '../search/machine.js'
import { coldStart, preparedFolder } from './cold-start.js'
import { load, loadOf } from './load.js'
import { overload } from './overload.js'
import { openPage, scriptBytes } from './page.js'
import { spread } from './spread.js'
import { startService } from './start-service.js'
import { uploadWithoutPause } from './uploads.js'

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'search,start,page' },
  },
})
const [images, seconds, rounds] = [Number(values.images), Number(values.seconds), Number(values.rounds)]
const parts = values.only.split(',')
const STORED = 5000

const { cpu, cores, node, date } = machine()
console.log(
  `${cpu}, ${cores} cores, Node ${node}, ${date}; medians of ${rounds} rounds, the best and the worst in brackets\n`,
)
if (parts.includes('search')) await search()
if (parts.includes('overload')) await overload({ images, seconds, rounds })
if (parts.includes('start') || parts.includes('page')) await startAndPage()

async function search() {
  const service = await startService(images)
  const { url } = service
  try {
    await load(url, { images, connections: 1, seconds: 3 })
    const found = { nothing: [], alone: [], beside: [] }
    let described = 0
    for (let round = 0; round < rounds; round++) {
      found.nothing.push(await loadOf(url, '/v1/health', { connections: 8, seconds }))
      found.alone.push(await load(url, { images, connections: 8, seconds }))
      const done = new AbortController()
      const uploading = uploadWithoutPause(url, done.signal)
      found.beside.push(await load(url, { images, connections: 4, seconds }))
      done.abort()
      described += await uploading
    }
    console.log(`| ${images} images in memory, one process | requests/s | p50, ms | p99, ms |`)
    console.log('|---|---:|---:|---:|')
    row('a route that does nothing, 8 connections', found.nothing)
    row('`/get_similar`, 8 connections', found.alone)
    row(
      `\`/get_similar\`, 4 connections, while ${(described / rounds / seconds).toFixed(1)} images/s are described`,
      found.beside,
    )
    console.log()
  } finally {
    await service.stop()
  }
}

function row(what, results) {
  const column = (name, digits) =>
    spread(
      results.map((result) => result[name]),
      digits,
    )
  console.log(`| ${what} | ${column('perSecond', 0)} | ${column('p50', 0)} | ${column('p99', 0)} |`)
}

async function startAndPage() {
  const prepared = await preparedFolder(STORED)
  try {
    const starts = []
    const pages = []
    for (let round = 0; round < rounds; round++) {
      const server = await coldStart(prepared)
      starts.push(server.seconds)
      if (parts.includes('page')) pages.push(await openPage(server.url))
      await server.stop()
    }
    console.log(`| ${STORED} images in the embedded store | |`)
    console.log('|---|---:|')
    console.log(`| from starting the process to the first answer, s | ${spread(starts, 2)} |`)
    if (pages.length > 0) {
      console.log(
        `| largest contentful paint, ms | ${spread(
          pages.map(({ paint }) => paint),
          0,
        )} |`,
      )
      console.log(
        `| cumulative layout shift, after three pages | ${spread(
          pages.map(({ shift }) => shift),
          4,
        )} |`,
      )
      console.log(`| the page’s own script, compressed, kB | ${((await scriptBytes()) / 1000).toFixed(1)} |`)
    }
  } finally {
    await prepared.remove()
  }
}
