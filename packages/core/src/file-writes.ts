import { type FileHandle, open } from 'node:fs/promises'

/**
 * Writes all bytes, at `position` or where the file is; `write` alone may write less than it was given, as when the disk is nearly
 * full.
 */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number | null = null): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const at = position === null ? null : position + written
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at)
    if (bytesWritten === 0) throw Object.assign(new Error('The disk took no more bytes.'), { syscall: 'write' })
    written += bytesWritten
  }
}

/** Makes the names in a folder survive a loss of power, too. Windows keeps names safe by itself, and refuses to be asked. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
