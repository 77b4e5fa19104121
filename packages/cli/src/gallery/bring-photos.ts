import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DownloadFailure } from './download-failure.ts'
import { fetchBytes } from './fetch-bytes.ts'
import { hasWholeJpeg, isWholeJpeg, placeFile } from './jpeg-file.ts'
import { persistently } from './persistently.ts'

/** So many are on their way at a time: each waits for its answer longer than its bytes take. */
const AT_ONCE = 8
/** The largest photo of COCO has less than a twentieth of it. */
const MOST = 20_000_000

export interface Brought {
  readonly added: number
  readonly unchanged: number
  readonly failed: readonly { readonly id: string; readonly error: DownloadFailure }[]
}

/**
 * Brings JPEGs of these names into a folder, which is made where it is missing. Those that are there and whole are left alone, so that it goes on where it
 * was stopped. What a server refuses is told in the end; where the network is gone, it stops.
 *
 * @param from a folder on the web, with `/` at its end
 * @param onProgress is called with what has become of each so far
 * @throws DownloadFailure of as many photos in a row as are on their way at a time, the connection broke for good
 * @throws the reason of `signal`, and what the system says of the folder
 */
export async function bringPhotos(
  from: URL,
  names: readonly string[],
  folder: string,
  signal: AbortSignal,
  onProgress: (soFar: Brought) => void,
): Promise<Brought> {
  let [added, unchanged, brokenInARow] = [0, 0, 0]
  const failed: { id: string; error: DownloadFailure }[] = []
  // One that fails for good ends the others.
  const others = new AbortController()
  const either = AbortSignal.any([signal, others.signal])
  const queue = names.values()

  async function bringOneAfterAnother(): Promise<void> {
    for (const name of queue) {
      either.throwIfAborted()
      await bringOne(name)
      onProgress({ added, unchanged, failed })
    }
  }

  async function bringOne(name: string): Promise<void> {
    const path = join(folder, name)
    if (await hasWholeJpeg(path)) {
      unchanged++
      return
    }
    try {
      await placeFile(path, await persistently(() => fetchPhoto(new URL(name, from).href, either), either))
      added++
      brokenInARow = 0
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error
      failed.push({ id: name, error })
      brokenInARow = error.passing ? brokenInARow + 1 : 0
      if (brokenInARow === AT_ONCE) throw error
    }
  }

  await mkdir(folder, { recursive: true })
  const workers = Array.from({ length: AT_ONCE }, () =>
    bringOneAfterAnother().catch((error) => {
      others.abort(error)
      throw error
    }),
  )
  await Promise.allSettled(workers)
  signal.throwIfAborted()
  others.signal.throwIfAborted()
  return { added, unchanged, failed: failed.sort((a, b) => (a.id < b.id ? -1 : 1)) }
}

async function fetchPhoto(address: string, signal: AbortSignal): Promise<Uint8Array> {
  const { bytes } = await fetchBytes(address, { atMost: MOST, signal })
  // A page that asks for a name and a password is an answer, too.
  if (!isWholeJpeg(bytes)) throw new DownloadFailure('What came is no whole JPEG.', { passing: true })
  return bytes
}
