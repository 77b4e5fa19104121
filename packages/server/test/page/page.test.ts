import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ServerProcess, startProcess } from '../../../../examples/server/test/server-process.ts'
import { inFull } from '../../../../tests/in-full.ts'
import { accessibility } from './accessibility.ts'
import { addresses } from './addresses.ts'
import { bringingImages } from './bringing-images.ts'
import { chromiumFound, type DemoPage, demoPage, gallery, launch } from './browser.ts'
import { finding } from './finding.ts'
import { keyboardAlone } from './keyboard-alone.ts'
import { likes } from './likes.ts'
import { similarImages } from './similar-images.ts'
import { theWall } from './the-wall.ts'
import { troubles } from './troubles.ts'

// The demo model describes some 400 images first; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

const main = [bringingImages, similarImages, accessibility]
const all = [...main, finding, likes, theWall, addresses, keyboardAlone, troubles]

describe.runIf(chromiumFound)('the page in Chromium, over the demo gallery', () => {
  let folder: string
  let server: ServerProcess
  let browser: Browser
  let page: DemoPage

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-'))
    server = startProcess([], { DATA_FOLDER: folder })
    await server.printed('Ready')
    const url = /http:\/\/\S+\//.exec(server.output())![0]
    browser = await launch()
    page = demoPage(browser, url, (await readdir(gallery)).filter((name) => name.endsWith('.webp')).sort())
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    expect(page.complaints.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.ended('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  })

  for (const topic of inFull ? all : main) topic(() => page)
})

it.skipIf(chromiumFound)('no Chromium was found (set CHROMIUM_PATH), so the page itself was not tried', () => {})
