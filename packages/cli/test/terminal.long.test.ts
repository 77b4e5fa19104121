import { execFile, spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { copyPictures, environment, main, run, temporaryFolder } from './command.ts'

// util-linux's; that of BSD and macOS takes other arguments.
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true
const title = hasScript ? 'in a terminal' : 'in a terminal (skipped: there is no `script` of util-linux)'

const BAR = /Describing .*█.* \d+ % {2}\d+\/\d+.* images\/s/
const [ESCAPE, BOLD, GREEN] = ['\x1b', '\x1b[1m', '\x1b[32m']

// Each makes a store, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 240_000 })

let folder: string
let count: number
beforeAll(async () => {
  folder = await temporaryFolder()
  count = (await copyPictures(join(folder, 'photos'), /^[ab].*-00/)).length
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.skipIf(!hasScript)(title, () => {
  async function inTerminal(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const line = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ')
    const { stdout } = await promisify(execFile)('script', ['-qec', `stty cols 100; ${line}`, '/dev/null'], {
      cwd: folder,
      env: environment({ TERM: 'xterm', ...env }),
    })
    return stdout
  }

  it('has colours and a progress bar', async () => {
    const ingested = await inTerminal(['ingest', 'photos', '--store', 'colored'])
    expect(ingested).toMatch(BAR)
    // The bar is gone when the result comes.
    expect(ingested.split('\r').at(-2)).toMatch(/in \d+:\d\d: /)
    expect(ingested).toContain(`\r\x1b[2K${BOLD}${count} images`)
    expect(await inTerminal(['similar', 'beach-001.webp', '--store', 'colored'])).toContain(`${GREEN}0.`)
  })

  it('has no colours where NO_COLOR is set', async () => {
    const ingested = await inTerminal(['ingest', 'photos', '--store', 'plain'], { NO_COLOR: '1' })
    expect(ingested).toMatch(BAR)
    expect(ingested.replaceAll('\x1b[2K', '')).not.toContain(ESCAPE)
  })

  it('has neither where the terminal knows none', async () => {
    expect(await inTerminal(['ingest', 'photos', '--store', 'dumb'], { TERM: 'dumb' })).not.toContain(ESCAPE)
  })

  it('has no progress where none is wanted', async () => {
    expect(await inTerminal(['ingest', 'photos', '--store', 'quiet', '--no-progress'])).not.toMatch(BAR)
  })
})

it('has neither in a pipe', async () => {
  const ingested = await run(['ingest', 'photos', '--store', 'piped'], { folder, env: { TERM: 'xterm' } })
  expect(ingested.err).toBe('')
  const similar = await run(['similar', 'beach-001.webp', '--store', 'piped'], { folder, env: { TERM: 'xterm' } })
  expect(ingested.out + similar.out).not.toContain(ESCAPE)
  expect((await run(['find', 'dgo', '--store', 'piped'], { folder, env: { TERM: 'xterm' } })).err).not.toContain(ESCAPE)
})
