import { open, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const [START, END] = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from([0xff, 0xd9])]

/** Whether these are a JPEG from its first marker to its last. */
export function isWholeJpeg(bytes: Uint8Array): boolean {
  return START.equals(bytes.subarray(0, START.length)) && END.equals(bytes.subarray(-END.length))
}

/** The same of a file, of which only both ends are read; `false` where there is none. */
export async function hasWholeJpeg(path: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    const { size } = await file.stat()
    const ends = Buffer.alloc(START.length + END.length)
    if (size < ends.length) return false
    await file.read(ends, 0, START.length, 0)
    await file.read(ends, START.length, END.length, size - END.length)
    return isWholeJpeg(ends)
  } finally {
    await file.close()
  }
}

/** Under a hidden name until it is whole, so that a file of this name is never half of one. */
export async function placeFile(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.part`)
  try {
    await writeFile(unfinished, bytes, { flush: true })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    throw error
  }
}
