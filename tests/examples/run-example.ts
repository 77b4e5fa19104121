import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect } from 'vitest'

const folderOf = (name: string) => new URL(`../../examples/${name}/`, import.meta.url)

/** What `npm start` in an example prints, line by line. */
export async function runExample(name: string, environment: Record<string, string> = {}): Promise<string[]> {
  const { DATABASE_URL: _, REDIS_URL: __, ...inherited } = process.env
  const options = { cwd: folderOf(name), env: { ...inherited, ...environment } }
  const { stdout, stderr } = await promisify(execFile)('npm', ['start', '--silent'], options)
  expect(stderr).toBe('')
  return stdout.trimEnd().split('\n')
}

/** Its README shows what it prints, but for figures that differ from machine to machine and run to run. */
export function expectDocumented(name: string, lines: readonly string[]): void {
  const readme = readFileSync(new URL('README.md', folderOf(name)), 'utf8')
  const shown = [...readme.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, block]) => masked(block!.trimEnd()))
  expect(shown).toContain(masked(lines.join('\n')))
}

function masked(text: string): string {
  return text.replaceAll(/process \d+/g, 'process N').replaceAll(/\d+\.\d+/g, 'N')
}
