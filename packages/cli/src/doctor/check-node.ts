import { readFile } from 'node:fs/promises'
import type { Check } from './check.ts'

export async function checkNode(): Promise<Check> {
  const { engines } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const needed: string = engines.node.replace('>=', '')
  const { node } = process.versions
  const ok = isAtLeast(node, needed)
  const system = `${process.platform}-${process.arch}`
  return {
    name: 'node',
    ok,
    found: `${node} on ${system}`,
    advice: ok ? null : `Node ${needed} or newer is needed: https://nodejs.org`,
  }
}

function isAtLeast(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number)
  return major > neededMajor || (major === neededMajor && minor >= neededMinor)
}
