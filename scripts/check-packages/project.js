/** An empty project into which somebody installs all packages, without running a script of any package. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { npm, pnpm } from './running.js'

/** What comes with the packages, and what somebody has who writes TypeScript: the oldest compiler that is supported, and the newest. */
const OTHERS = {
  'onnxruntime-node': '^1.30.0',
  sharp: '^0.35.0',
  '@types/node': '20',
  'typescript-5.9': 'npm:typescript@5.9.3',
  'typescript-newest': 'npm:typescript@latest',
}

const quick = ['--ignore-scripts', '--prefer-offline']
const installs = {
  npm: (folder) => npm(['install', ...quick, '--no-audit', '--no-fund'], { folder }),
  pnpm: (folder) => pnpm(['install', ...quick, '--no-frozen-lockfile'], { folder }),
}
export const managers = Object.keys(installs)

/** @returns its folder */
export async function createProject(within, manager, tarballs) {
  const folder = join(within, manager)
  await mkdir(folder)
  const ours = Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]))
  const manifest = {
    name: `with-${manager}`,
    private: true,
    dependencies: { ...ours, ...OTHERS },
    // What they want of each other is not in the registry yet.
    ...(manager === 'pnpm' && { pnpm: { overrides: ours } }),
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  await installs[manager](folder)
  return folder
}
