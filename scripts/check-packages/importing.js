/** Every entry, by `import` and by `require`: both must give the same names. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entries } from './packages.js'
import { run } from './running.js'

const programs = {
  'all.mjs': `
    const names = {}
    for (const entry of ${JSON.stringify(entries)}) names[entry] = Object.keys(await import(entry)).sort()
    console.log(JSON.stringify(names))`,
  'all.cjs': `
    const names = {}
    for (const entry of ${JSON.stringify(entries)}) names[entry] = Object.keys(require(entry)).sort()
    console.log(JSON.stringify(names))`,
}
export const moduleSystems = Object.keys(programs)

export async function checkImports(folder, node) {
  const [imported, required] = await Promise.all(
    Object.entries(programs).map(async ([name, program]) => {
      await writeFile(join(folder, name), program)
      return JSON.parse(await run(node.path, [name], { folder }))
    }),
  )
  for (const entry of entries) {
    if (imported[entry].length === 0) throw new Error(`${entry} exports nothing, in Node ${node.version}.`)
    if (String(imported[entry]) !== String(required[entry]))
      throw new Error(`${entry} is ${imported[entry]} by import, and ${required[entry]} by require.`)
  }
}
