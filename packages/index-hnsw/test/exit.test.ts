/** The built package in programs of their own: however these end, they end as they would without it. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'

const packageFolder = fileURLToPath(new URL('../', import.meta.url))
const importing = "import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'"
const requiring = "const { createHnswIndex } = require('@image-recommender/index-hnsw')"
const preparing = `
  const vector = () => Float32Array.from({ length: 256 }, Math.random)
  const entries = Array.from({ length: 3000 }, (_, at) => ({ id: String(at), vector: vector(), tags: [] }))`

/** How it ended, and what it said. */
function ended(program: string, flags = ['--input-type=module']): Promise<{ code: unknown; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, '-e', program], { cwd: packageFolder, timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, out, err }),
    )
  })
}

describe('a process can exit amid native code, which aborts where its thread is stopped,', () => {
  const writing = `${importing}${preparing}
    const index = await createHnswIndex({ dimensions: 256 })
    await index.write({ put: entries.slice(0, 500) })
    void index.write({ put: entries })
    const filters = [undefined, { axes: { all: [{ axis: 0, atLeast: 0.5 }] } }]
    let asked = 0
    const ask = () => index.search({ vector: vector(), limit: 30, where: filters[asked++ % 2] }).then(ask, () => {})
    for (let at = 0; at < 4; at++) ask()`

  // Filters, which call back out of native code; and several threads, of which nearly always one is within it.
  const searching = `${importing}
    const vector = () => Float32Array.from({ length: 8 }, Math.random)
    const entries = Array.from({ length: 2500 }, (_, at) => ({ id: String(at), vector: vector(), tags: [] }))
    const options = { dimensions: 8, m: 4, efConstruction: 10, efSearch: 2000 }
    const indexes = await Promise.all(Array.from({ length: 6 }, () => createHnswIndex(options)))
    await Promise.all(indexes.map((index) => index.write({ put: entries })))
    for (const index of [...indexes, ...indexes]) {
      const ask = () => index.search({ vector: vector(), limit: 30, where: { exclude: ['0'] } }).then(ask, () => {})
      ask()
    }`

  it.each([
    ...(inFull ? [30, 90, 150] : [90]).map((later) => ['amid a write', writing, later] as const),
    ...(inFull ? [30, 100, 200] : [100]).map((later) => ['amid searches', searching, later] as const),
  ])(
    'by process.exit() %s, %#',
    async (_, working, milliseconds) => {
      const program = `${working}
      setTimeout(() => process.exit(7), ${milliseconds})`
      expect(await ended(program)).toEqual({ code: 7, out: '', err: '' })
    },
    60_000,
  )

  it('by an error that nobody caught', async () => {
    const program = `${writing}
      setTimeout(() => { throw new Error('nobody caught it') }, 80)`
    const { code, err } = await ended(program)
    expect([code, err]).toEqual([1, expect.stringContaining('nobody caught it')])
    expect(err).not.toContain('FATAL')
  })

  it('by closing the index, whose calls come to their end or are told why not', async () => {
    const program = `${importing}${preparing}
      const index = await createHnswIndex({ dimensions: 256 })
      await index.write({ put: entries.slice(0, 500) })
      const outcome = (promise) => promise.then(() => 'done', ({ code }) => code)
      const calls = [outcome(index.write({ put: entries })), outcome(index.search({ vector: vector(), limit: 3 }))]
      calls.push(outcome(index.write({ put: entries })), outcome(index.measureRecall(entries.map(({ vector }) => vector).flatMap((one) => [one, one, one]))))
      await new Promise((resolve) => setTimeout(resolve, 50))
      await Promise.all([index.close(), index.close()])
      calls.push(outcome(index.search({ vector: vector(), limit: 3 })), outcome(index.write({ put: [] })))
      calls.push(outcome(index.write({ delete: ['1'] })), outcome(index.counts()), outcome(index.position()))
      calls.push(outcome(index.save('/nowhere')), outcome(index.measureRecall(1)))
      console.log(JSON.stringify(await Promise.all(calls)))`
    const { code, out, err } = await ended(program)
    expect([code, err]).toEqual([0, ''])
    const [put, search, laterPut, recall, ...after] = JSON.parse(out)
    expect(['done', 'CLOSED']).toContain(put)
    expect(search).toBe('done')
    expect(laterPut).toBe('CLOSED')
    expect(recall).toBe('CLOSED')
    expect(after).toEqual(Array(7).fill('CLOSED'))
  })
})

describe('an idle index does not keep the process alive', () => {
  const using = (load: string) => `${load}
    async function main() {
      const index = await createHnswIndex({ dimensions: 3 })
      await index.write({ put: [{ id: 'a', vector: Float32Array.of(1, 2, 3), tags: [] }] })
      console.log((await index.search({ vector: Float32Array.of(1, 2, 3), limit: 1 }))[0].id)
    }
    main()`
  const ways: [string, string[], string][] = [
    ['ESM', ['--input-type=module'], importing],
    ['CommonJS', [], requiring],
    ['ESM, spelled differently', ['--input-type', 'module'], importing],
    ['ESM, with flags of V8', ['--max-old-space-size=500', '--input-type=module', '--expose-gc'], importing],
    [
      'CommonJS, with flags of V8 and Node',
      ['--max-old-space-size=500', '--enable-source-maps', '--expose-gc'],
      requiring,
    ],
  ]
  it.each(ways.slice(0, inFull ? undefined : 2))('%s', async (_, flags, load) => {
    expect(await ended(using(load), flags)).toEqual({ code: 0, out: 'a\n', err: '' })
  })

  it('that nothing was asked of', async () => {
    expect(await ended(`${importing}; await createHnswIndex({ dimensions: 3 }); console.log('ready')`)).toEqual({
      code: 0,
      out: 'ready\n',
      err: '',
    })
  })

  it('but a write that nobody waits for does, until it is in', async () => {
    const program = `${importing}${preparing}
      const index = await createHnswIndex({ dimensions: 256 })
      index.write({ put: entries.slice(0, 400) }).then(() => console.log('in'))`
    expect(await ended(program)).toEqual({ code: 0, out: 'in\n', err: '' })
  })
})

it('more indexes than Node allows listeners, opened and closed at once', async () => {
  const program = `${importing}
    const before = process.listenerCount('exit')
    const indexes = await Promise.all(Array.from({ length: 12 }, () => createHnswIndex({ dimensions: 3 })))
    const meanwhile = process.listenerCount('exit')
    await Promise.all(indexes.map((index) => index.close()))
    console.log(meanwhile - before, process.listenerCount('exit') - before)`
  expect(await ended(program)).toEqual({ code: 0, out: '1 0\n', err: '' })
})
