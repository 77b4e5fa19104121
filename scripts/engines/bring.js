/** `bring`: puts the two Debians with their engines into the cached folder, unless they are there. */

import { spawnSync } from 'node:child_process'
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debootstrap, getDebootstrap, removeTree } from './debootstrap.js'
import { Failure } from './failure.js'
import { locked } from './lock.js'
import { mirror } from './mirror.js'
import { engines, rootOf } from './places.js'
import { requireRoot } from './privileges.js'
import { stopAbandoned } from './sets.js'
import { isHere, seal, suites } from './suites.js'

export async function bring() {
  requireRoot()
  await locked(async () => {
    const missing = Object.keys(suites).filter((suite) => !isHere(suite))
    if (missing.length > 0) {
      const used = await stopAbandoned()
      if (used.length > 0)
        throw new Failure('Engines are running in the folder. End them first: npm run engines -- stop')
      getDebootstrap()
      const results = await Promise.allSettled(missing.map(bringSuite))
      for (const { status, reason } of results) if (status === 'rejected') throw reason
    }
    console.log(`The engines are in ${engines}`)
  })
}

async function bringSuite(suite) {
  const packages = suites[suite]
  const source = mirror()
  console.log(`› Bringing Debian ${suite} with ${packages.join(', ')} from ${source} (a minute or two)`)
  // Built beside and then renamed: a folder under the right name is whole.
  const folder = `${rootOf(suite)}.partial`
  const lock = join(engines, `${suite}.lock`)
  removeTree(folder, lock)
  await debootstrap({ suite, packages, source, folder, lock, logPath: join(engines, `${suite}.log`) })
  for (const cache of ['var/cache/apt/archives', 'var/lib/apt/lists']) {
    for (const name of readdirSync(join(folder, cache))) rmSync(join(folder, cache, name), { recursive: true })
  }
  writeFileSync(join(folder, seal), JSON.stringify({ suite, source, packages }, null, 2))
  spawnSync('sync', ['--file-system', folder])
  removeTree(rootOf(suite), lock)
  renameSync(folder, rootOf(suite))
}
