/** Parts that are whole, each, but not where they were: as where a disk has misplaced blocks, or lost some. */
import { writeFileSync } from 'node:fs'
import { it } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { openExactIndex } from '../../../src/exact-index/index.ts'
import { completeShape, completeSnapshot } from './support/complete-index.ts'
import { expectIndexFailed, failureOf } from './support/failures.ts'
import { snapshotFolder } from './support/snapshot-folder.ts'

const HEAD_BYTES = 12
const END_BYTES = 8

it.each<[string, (pieces: Buffer[], at: number) => void]>([
  ['missing', (pieces, at) => pieces.splice(at, 1)],
  ['there twice', (pieces, at) => pieces.splice(at, 0, pieces[at]!)],
  ['in the place of the next', (pieces, at) => pieces.splice(at, 2, pieces[at + 1]!, pieces[at]!)],
])(
  'any part %s',
  async (_, move) => {
    const file = await completeSnapshot()
    const { path } = snapshotFolder()
    const pieces: Buffer[] = []
    for (let at = HEAD_BYTES; at < file.length - END_BYTES; ) {
      const length = 8 + file.readUInt32LE(at)
      pieces.push(file.subarray(at, at + length))
      at += length
    }
    for (let at = 0; at + 1 < pieces.length; at += inFull ? 1 : 5) {
      const moved = [...pieces]
      move(moved, at)
      if (Buffer.compare(Buffer.concat(moved), Buffer.concat(pieces)) === 0) continue
      writeFileSync(path, Buffer.concat([file.subarray(0, HEAD_BYTES), ...moved, file.subarray(-END_BYTES)]))
      expectIndexFailed(await failureOf(openExactIndex(path, completeShape)), path, /./, `part ${at}`)
    }
  },
  60_000,
)
