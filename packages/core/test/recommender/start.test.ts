import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('programs/start-alone.js', import.meta.url))
const built = new URL('../../dist/index.js', import.meta.url).href

it.each(['open', 'closed'])(
  'a start keeps its process alive until it is ready, and no longer, over a store that is %s then',
  (state) => {
    const { status, stdout } = spawnSync(process.execPath, [program, built, state], {
      encoding: 'utf8',
      timeout: 45_000,
    })
    expect([stdout, status]).toEqual(['ready\n', 0])
  },
)
