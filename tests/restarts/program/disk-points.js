/**
 * Loaded before the application, and before each of its threads: the files of a saved index have points at which the process can be made
 * to end. What ships reads and writes them as ever.
 */
import { promises } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { Fate } from '../../many-processes/replica/fate.js'

const { folder, snapshot, plan } = JSON.parse(process.env.DISK_POINTS ?? '{}')
const fate = new Fate(plan, Math.random)
const { open, rename } = promises

/** @param {string} path */
const isSaved = (path) => basename(path) === basename(snapshot)
/** Under another name, until it is whole. @param {string} path */
const isBeingSaved = (path) => basename(path).startsWith(`${basename(snapshot)}.`) && path.endsWith('.tmp')

promises.rename = async (from, to) => {
  if (to === snapshot) fate.pass('between the bytes of a saved index and its name')
  await rename(from, to)
}

promises.open = async (path, ...given) => {
  const file = await open(path, ...given)
  const at = String(path)
  if (isBeingSaved(at))
    pointsAt(file, { write: 'amid the bytes of a saved index', sync: 'before a saved index is on the disk' })
  else if (isSaved(at)) pointsAt(file, { read: 'while a saved index is read' })
  else if (at === folder) pointsAt(file, { sync: 'between the name of a saved index and the end of the save' })
  return file
}
syncBuiltinESMExports()

/** @param {any} file @param {Record<string, string>} points by the names of methods */
function pointsAt(file, points) {
  for (const [name, point] of Object.entries(points)) {
    const call = file[name].bind(file)
    file[name] = async (/** @type {unknown[]} */ ...given) => {
      // Half of it has come to the disk.
      if (name === 'write' && given[2] > 1) {
        const { bytesWritten } = await call(given[0], given[1], given[2] >> 1)
        fate.pass(point)
        return { bytesWritten, buffer: given[0] }
      }
      fate.pass(point)
      return call(...given)
    }
  }
}
