import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dimensions } from './coco-like.js'
import { exactIndexEntry } from './exact-index.js'
import { queriesOf } from './queries.js'

/** How long saving and opening take. */
export async function measureSnapshot({ size, metric, truth }, index) {
  const { openExactIndex } = await exactIndexEntry()
  const folder = await mkdtemp(join(tmpdir(), 'bench-search-'))
  try {
    const path = join(folder, 'index')
    const save = await timed(() => index.save(path))
    const bytes = await bytesBelow(folder)
    const open = await timed(() => openExactIndex(path, { dimensions, metric }))
    await checkOpened(open.value, truth)
    await open.value.close()
    const figures = ({ seconds }) => ({ seconds, perSecond: size / seconds })
    return { save: figures(save), open: figures(open), bytes }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function timed(work) {
  const start = performance.now()
  const value = await work()
  return { value, seconds: (performance.now() - start) / 1000 }
}

async function bytesBelow(folder) {
  const names = await readdir(folder, { recursive: true })
  const files = await Promise.all(names.map((name) => stat(join(folder, name))))
  return files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
}

async function checkOpened(index, { fresh }) {
  const [vector] = queriesOf('fresh', 1)
  const matches = await index.search({ vector, limit: fresh[0].length })
  const same = matches.length === fresh[0].length && matches.every(({ distance }, rank) => distance === fresh[0][rank])
  if (!same) throw new Error('Not exact after it was opened.')
}
