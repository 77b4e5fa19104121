/**
 * `npm run check:packages`: every package as it is published. Packed, installed into empty projects by npm and by pnpm with the scripts
 * of all packages off, imported and required on every supported Node, type-checked, and used.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkImports, moduleSystems } from './importing.js'
import { bringNodes } from './nodes.js'
import { entries, packages } from './packages.js'
import { createProject, managers } from './project.js'
import { pack } from './tarballs.js'
import { checkTypes, compilers, resolutions } from './types.js'
import { checkCommandLine, checkHnswAdvice } from './working.js'

const began = performance.now()
const tell = (text) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`)

const within = await mkdtemp(join(tmpdir(), 'check-packages-'))
try {
  const tarballs = await pack(join(within, 'tarballs'))
  tell(`packed: ${packages.map(({ name }) => name).join(', ')}`)
  const nodes = await bringNodes(within)
  tell(`Node ${nodes.map(({ version }) => version).join(', ')}`)
  for (const manager of managers) {
    const folder = await createProject(within, manager, tarballs)
    tell(`installed by ${manager}`)
    for (const node of nodes) {
      await checkImports(folder, node)
      await checkHnswAdvice(folder, node)
      // It is the same program for both.
      if (manager === 'npm') await checkCommandLine(folder, node)
      tell(`imported and required on Node ${node.version}${manager === 'npm' ? ', and used' : ''}`)
    }
    await checkTypes(folder)
    tell(`type-checked by ${compilers.join(' and ')}, by ${Object.keys(resolutions).join(' and ')}`)
  }
  const counts = [packages.length, nodes.length, moduleSystems.length]
  tell(
    `${packages.length} packages × ${nodes.length} Nodes × ${moduleSystems.length} module systems = ` +
      `${counts.reduce((product, count) => product * count)} checked, with ${entries.length} entries, by ${managers.join(' and ')}`,
  )
} finally {
  await rm(within, { recursive: true, force: true })
}
