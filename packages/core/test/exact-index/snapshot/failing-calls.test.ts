/** Every call that a save or an opening makes to the disk fails once, one after the other. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { createExactIndex, openExactIndex } from '../../../src/exact-index/index.ts'
import { disk } from './support/disk.ts'
import { ways } from './support/failing-ways.ts'
import { expectIndexFailed, failureOf } from './support/failures.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'
import { largeShape, states } from './support/two-states.ts'

vi.mock('node:fs/promises', async (importOriginal) => {
  const { disk } = await import('./support/disk.ts')
  return disk.watched(await importOriginal())
})

afterEach(() => disk.intervene({}))

describe.each(Object.keys(ways).slice(0, inFull ? undefined : 1))('where a call %s,', (way) => {
  it('a save leaves a whole snapshot, and an index that works on', async () => {
    const { path, files } = snapshotFolder()
    const index = createExactIndex(largeShape)
    await index.write({ put: states.old.entries }, { from: undefined, to: 'old' })
    disk.intervene({})
    await index.save(path)
    const old = readFileSync(path)
    await index.write({ delete: states.old.entries.map(({ id }) => id) })
    await index.write({ put: states.new.entries }, { from: 'old', to: 'new' })
    const named = disk.calls.findIndex(({ name }) => name === 'rename')
    const failed: string[] = []
    for (let number = 0; ; number++) {
      writeFileSync(path, old)
      disk.intervene(ways[way]!(number))
      const error = await failureOf(index.save(path))
      const { calls, openFiles } = disk
      disk.intervene({})
      if (number === calls.length) break
      const call = calls[number]!.name
      if (error) failed.push(call)
      expect(openFiles, call).toBe(0)
      expect(files(), call).toEqual(['index.snapshot'])
      const opened = await openExactIndex(path, largeShape)
      const found = (await opened.position()) as 'old' | 'new'
      if (error) expectIndexFailed(error, path, /EIO/, call)
      else expect(found, call).toBe('new')
      // What is not safely on the disk must not get the name. Of writes alone there is a half.
      if (number <= named && (call === 'file.write' || !way.includes('half'))) expect(error, call).toBeDefined()
      await states[found].answers.expectOf(opened)
      await states.new.answers.expectOf(index)
    }
    expect(failed.filter((call) => call === 'file.write').length).toBeGreaterThan(1)
    await index.write({ delete: states.new.entries.map(({ id }) => id) })
    await index.write({ put: states.old.entries }, { from: 'new', to: 'old' })
    await index.save(path)
    await states.old.answers.expectOf(await openExactIndex(path, largeShape))
  })

  it('an opening fails, and leaves nothing open', async () => {
    const { path } = snapshotFolder()
    const index = createExactIndex(largeShape)
    await index.write({ put: states.old.entries }, { from: undefined, to: 'old' })
    await index.save(path)
    const failed: string[] = []
    for (let number = 0; ; number++) {
      disk.intervene(ways[way]!(number))
      const opening = openExactIndex(path, largeShape)
      const error = await failureOf(opening)
      const { calls, openFiles } = disk
      disk.intervene({})
      if (number === calls.length) break
      const call = calls[number]!.name
      expect(openFiles, call).toBe(0)
      if (error) {
        failed.push(call)
        expectIndexFailed(error, path, /EIO/, call)
      } else {
        await states.old.answers.expectOf(await opening)
      }
    }
    expect(failed).toContain('file.read')
  })
})
