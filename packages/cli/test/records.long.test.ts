import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyPictures, type RunOptions, run, start, temporaryFolder } from './command.ts'

let folder: string
let count: number
const command = (args: readonly string[], more: Omit<RunOptions, 'folder'> = {}) => run(args, { folder, ...more })

beforeAll(async () => {
  folder = await temporaryFolder()
  count = (await copyPictures(join(folder, 'photos'), /^(farm|park|street)-0[01]/)).length
  expect(count).toBeGreaterThan(30)
  await writeFile(join(folder, 'photos/plain.gif'), Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'))
  count++
  const ingested = await command(['ingest', 'photos', '--tag', 'quote " and ümlaut'])
  expect(ingested).toMatchObject({ code: 0, err: '' })
  expect((await command(['export', 'first.jsonl'])).out).toBe(`${count} images exported to first.jsonl\n`)
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const lines = async (file: string) => (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n')

it('writes one record a line, in the order of their ids', async () => {
  const records = (await lines('first.jsonl')).map((line) => JSON.parse(line))
  expect(records).toHaveLength(count)
  expect(records.map(({ id }) => id)).toEqual(records.map(({ id }) => id).sort())
  expect(Object.keys(records[0])).toEqual(
    'id spaceId objects vector embedding width height appearance tags metadata contentHash'.split(' '),
  )
  expect(records[0].vector).toHaveLength(81)
})

it('comes back byte for byte, through files and through pipes', async () => {
  const imported = await command(['import', 'first.jsonl', '--store', 'second', '--json'])
  expect(imported.json()).toEqual({ imported: count })
  expect((await command(['export', 'second.jsonl', '--store', 'second', '--json'])).json()).toEqual({
    exported: count,
    file: 'second.jsonl',
  })
  const first = await readFile(join(folder, 'first.jsonl'), 'utf8')
  expect(await readFile(join(folder, 'second.jsonl'), 'utf8')).toBe(first)

  await command(['import', '-', '--store', 'third'], { input: first })
  expect((await command(['export', '-', '--store', 'third'])).out).toBe(first)
})

it('imports metadata, embeddings and what is unknown, exactly', async () => {
  const [line] = await lines('first.jsonl')
  const record = {
    ...JSON.parse(line!),
    embedding: { spaceId: 'dense/1', vector: [0.1, -1e-30, 3].map(Math.fround) },
    appearance: null,
    metadata: { b: 1, a: [null, true, 0.1, { 'ü\n': '\u2028' }] },
    contentHash: null,
  }
  record.objects = record.objects.map((object: object) => ({ ...object, box: null, color: null }))
  const input = `\n${JSON.stringify(record)}\r\n\n`
  expect(await command(['import', '-', '--store', 'odd'], { input })).toMatchObject({
    code: 0,
    out: '1 image imported\n',
  })
  expect((await command(['export', '-', '--store', 'odd'])).out).toBe(`${JSON.stringify(record)}\n`)
})

it('says which line is wrong, and why', async () => {
  const [line] = await lines('first.jsonl')
  const refused = async (second: string, reason: string) => {
    const { code, err } = await command(['import', '-', '--store', 'bad'], { input: `${line}\n${second}\n` })
    expect(code).not.toBe(0)
    expect(err).toContain(reason)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  }
  await refused('{"id": "a', 'Line 2 of stdin is no JSON')
  await refused('[1]', 'Line 2 of stdin is no JSON object')
  await refused('{"id":"a","vector":[0,null]}', 'Line 2 of stdin has no array of numbers as "vector"')
  await refused(line!.replace(/"width":\d+/, '"width":0'), 'width: must be a whole number')
})

it('leaves a file that is there alone when writing a new one fails', async () => {
  await copyFile(join(folder, 'first.jsonl'), join(folder, 'kept.jsonl'))
  const failed = await command(['export', 'kept.jsonl', '--store', 'nowhere'])
  expect(failed.code).toBe(3)
  expect(await readFile(join(folder, 'kept.jsonl'))).toEqual(await readFile(join(folder, 'first.jsonl')))
  const nowhere = await command(['export', 'no/such/folder.jsonl'])
  expect(nowhere).toMatchObject({
    code: 1,
    err: 'error FILE_FAILED: no/such/folder.jsonl cannot be written (ENOENT).\n',
  })
})

it('stops quietly when whoever reads has seen enough', async () => {
  // More than there is room for on the way.
  const [line] = await lines('first.jsonl')
  const record = JSON.parse(line!)
  const input = Array.from({ length: 1500 }, (_, at) => `${JSON.stringify({ ...record, id: `${at}.webp` })}\n`).join('')
  await command(['import', '-', '--store', 'many'], { input })
  const { child, finished } = start(['export', '-', '--store', 'many'], { folder })
  child.stdout!.once('data', () => child.stdout!.destroy())
  const { code, err } = await finished()
  expect({ code, err }).toEqual({ code: 141, err: '' })
})
