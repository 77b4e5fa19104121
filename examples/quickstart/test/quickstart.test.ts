import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('describes the gallery and says what is similar, and why', async () => {
  const script = fileURLToPath(new URL('../index.js', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script])
  expect(stderr).toBe('')
  const [first, ...similar] = stdout.trim().split('\n')
  expect(first).toMatch(/^[\w-]+\.webp shows [\w ,]+\. Similar:$/)
  // A scene that is like few others has fewer.
  expect(similar.length).toBeGreaterThan(0)
  expect(similar.length).toBeLessThanOrEqual(5)
  for (const line of similar) {
    expect(line).toMatch(/^[01]\.\d\d {2}[\w-]+\.webp {2}because of [\w ,]+; besides: [\w ,]+$/)
  }
}, 60_000)
