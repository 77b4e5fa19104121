import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { copyPictures, temporaryFolder } from './command.ts'
import { hasTmux, openTerminal, type Terminal, type TerminalOptions } from './tmux.ts'

const title = hasTmux ? 'in tmux' : 'in tmux (skipped: there is no tmux; Debian has it in a package of this name)'

// On a busy machine a model, a new store and fifty images take their time.
describe.skipIf(!hasTmux)(title, { timeout: 240_000 }, () => {
  let folder: string
  let total: number
  let terminal: Terminal
  beforeAll(async () => {
    folder = await temporaryFolder()
    await copyPictures(join(folder, 'few'), /^beach-00[1-4]/)
    total = (await copyPictures(join(folder, 'photos'), /^[a-c].*-00/)).length
  })
  afterEach(() => terminal.close())
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const open = async (options: Omit<TerminalOptions, 'folder'> = {}) => {
    terminal = await openTerminal({ folder, ...options })
  }
  const linesOf = (text: string) => text.split('\n')

  it('draws the progress in one line, over and over, and takes it away in the end', async () => {
    await open()
    await terminal.type('image-recommender ingest photos --store drawn')
    const bar = /^Describing █*░* +(\d+) % {2}\d+\/\d+ {2}[\d.]+ images\/s {2}\d+:\d\d left$/m
    const [, early] = await terminal.showing(bar)
    const amid = linesOf(await terminal.screen())
    expect(amid).toHaveLength(2)
    const more = new RegExp(bar.source.replace(String.raw`(\d+) %`, `(?!${early} )(\\d+) %`), 'm')
    const [, later] = await terminal.showing(more)
    expect(Number(later)).toBeGreaterThan(Number(early))
    expect(linesOf(await terminal.screen())).toHaveLength(2)

    await terminal.showing(/^\$ $|\n\$$/)
    expect(linesOf(await terminal.screen())).toEqual([
      '$ image-recommender ingest photos --store drawn',
      expect.stringMatching(new RegExp(`^${total} images in \\d+:\\d\\d: ${total} added, 0 unchanged$`)),
      '$',
    ])
  })

  it('needs no second line in a narrow window', async () => {
    await open({ columns: 40 })
    await terminal.type('image-recommender ingest few --store of-few')
    await terminal.showing(/^4 images in/m)
    for (const line of linesOf(await terminal.screen())) expect(line).not.toMatch(/Describing|Loading|Looking/)
  })

  it('stops at Ctrl-C with exit code 130, leaves a clean screen, and goes on the next time', async () => {
    await open()
    await terminal.type('image-recommender ingest photos --store stopped; echo "code $?"')
    const [, done] = await terminal.showing(/Describing .* ([1-9]\d*)\/\d+ /)
    await terminal.press('C-c')
    await terminal.showing(/^code \d+$/m)
    const [, ...lines] = linesOf(await terminal.screen())
    expect(lines).toEqual([
      expect.stringMatching(/^(\^C)?Stopping\. Ctrl-C again stops at once\.$/),
      expect.stringMatching(/^error ABORTED: Stopped after \d+ of \d+ images\. The same command goes on from there\.$/),
      'code 130',
      '$',
    ])
    const stopped = Number(/Stopped after (\d+)/.exec(lines[1]!)?.[1])
    expect(stopped).toBeGreaterThanOrEqual(Number(done))
    expect(stopped).toBeLessThan(total)

    await terminal.type('clear; image-recommender ingest photos --store stopped; echo "code $?"')
    const [, added, unchanged, code] = await terminal.showing(/ (\d+) added, (\d+) unchanged\ncode (\d+)$/m)
    expect([Number(added) + Number(unchanged), Number(code)]).toEqual([total, 0])
    expect(Number(unchanged)).toBeGreaterThanOrEqual(stopped)
  })

  it('has colours on the terminal, and none in a pipe, in a file or where NO_COLOR is set', async () => {
    await open()
    await terminal.type('image-recommender ingest few --store of-few >ingested; clear')
    await terminal.showing(/^\$$/)
    const colored = async (line: string) => {
      await terminal.type(`clear; ${line}; echo "code $?"`)
      await terminal.showing(/^code 0$/m)
      return (await terminal.screen({ colors: true })).includes('\x1b[')
    }
    const similar = 'image-recommender similar beach-001.webp --store of-few'
    expect(await colored(similar)).toBe(true)
    expect(await colored(`${similar} | cat`)).toBe(false)
    expect(await colored(`NO_COLOR=1 ${similar}`)).toBe(false)
    expect(await colored('cat ingested')).toBe(false)
  })
})
