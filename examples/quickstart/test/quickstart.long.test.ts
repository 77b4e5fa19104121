import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const number = /\d\.\d\d/g

/** The block that follows the program in the README. */
const shown = read('../../../README.md')
  .split(`${read('../index.js')}\`\`\`\n\n\`\`\`\n`)[1]!
  .split('```')[0]!

it('prints what the README says it prints', async () => {
  const folder = new URL('..', import.meta.url)
  const { stdout, stderr } = await promisify(execFile)('npm', ['start', '--silent'], { cwd: folder })
  expect(stderr).toBe('')
  expect(stdout.replaceAll(number, 'N')).toBe(shown.replaceAll(number, 'N'))
  // Another processor may compute the last digit of a detector's score otherwise.
  const [printed, promised] = [stdout, shown].map((text) => text.match(number)!.map(Number))
  for (const [at, value] of printed!.entries()) expect(Math.abs(value - promised![at]!)).toBeLessThan(0.015)
}, 180_000)

it('gives reasons that add up to the score', () => {
  for (const line of shown.trimEnd().split('\n')) {
    const [score, ...summands] = line.match(number)!.map(Number)
    const sum = summands.reduce((total, summand) => total + summand, 0)
    // Each of them is rounded.
    expect(Math.abs(score! - sum)).toBeLessThanOrEqual(0.005 * (summands.length + 1))
  }
})
