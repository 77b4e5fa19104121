import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { copyPictures, run, temporaryFolder } from './command.ts'

// The first makes a store, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 240_000 })

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
  await copyPictures(join(folder, 'photos'), /^(beach|farm)-00[12]/)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** As in a terminal whose output is piped on: what could be drawn in colours is asked for by nobody. */
const piped = (...args: string[]) => run(args, { folder, env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' } })

/** In the order of a session; each prints one document, or one a line. */
const session = [
  ['ingest', 'photos'],
  ['similar', 'beach-001.webp'],
  ['export', '-'],
  ['find', 'surfboard', '--not', 'person'],
  ['objects'],
  ['duplicates'],
  ['models'],
  ['doctor'],
  ['export', 'all.jsonl'],
  ['import', 'all.jsonl'],
  ['remove', 'beach-001.webp'],
]

it.each(session)('%s prints nothing but JSON lines with --json', async (...args) => {
  const { code, out, err } = await piped(...args, '--json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).not.toContain('\x1b')
  expect(out.endsWith('\n')).toBe(true)
  const documents = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(documents).toHaveLength(args.includes('-') ? 4 : 1)
  for (const document of documents) expect(document).toEqual(expect.any(Object))
})

const mistakes = [
  ['find', 'dgo'],
  ['dance'],
  ['ingest', 'nowhere'],
  ['similar', 'nowhere.jpg'],
  ['objects', '--store', 'nowhere'],
  ['import', 'nowhere.jsonl'],
  ['models', 'pull', 'resnet'],
  ['gallery', 'coco', '--limit', 'many'],
  ['gallery', 'coco', '--mirror', 'http://127.0.0.1:1', '--limit', '0'],
]

it.each(mistakes)('%s tells its error in one JSON line on stderr', async (...args) => {
  const { code, out, err } = await piped(...args, '--json')
  expect(code).toBeGreaterThan(0)
  expect(out).toBe('')
  expect(err.trimEnd().split('\n')).toHaveLength(1)
  expect(JSON.parse(err)).toEqual({ error: { code: expect.stringMatching(/^[A-Z_]+$/), message: expect.any(String) } })
})
