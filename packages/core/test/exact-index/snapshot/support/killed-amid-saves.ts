import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'

/**
 * Starts a program that saves for ever and says so after each, waits for so many saves, and then as long, and kills it. How many
 * it said it had done.
 */
export async function killedAmidSaves(
  program: readonly string[],
  saves: number,
  milliseconds: number,
): Promise<number> {
  const child = spawn(process.execPath, program)
  let said = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const saved = () => said.split('\n').length - 2
  const ended = once(child, 'close')
  const endedEarly = () => expect.fail(`It ended before it was killed: ${errors}`)
  while (saved() < saves) await Promise.race([once(child.stdout, 'data'), ended.then(endedEarly)])
  await setTimeout(milliseconds)
  child.kill('SIGKILL')
  expect(await ended, errors).toEqual([null, 'SIGKILL'])
  return saved()
}
