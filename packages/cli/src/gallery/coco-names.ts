import { DownloadFailure } from './download-failure.ts'
import { fetchBytes } from './fetch-bytes.ts'
import { persistently } from './persistently.ts'

const ZIP = 'zips/val2017.zip'
const PHOTO = /^val2017\/(\d{12}\.jpg)$/
/** Of the directory, half a megabyte; more is asked for of no zip that is this one. */
const MOST = 8_000_000

/**
 * The first names of COCO's val2017 photos in their order, from the directory at the end of the official zip: of its 778 MB only half a
 * megabyte is fetched, and no list of names has to be kept here.
 *
 * @param from address of a folder, with `/` at its end
 * @throws DownloadFailure
 */
export async function cocoNames(from: string, limit: number, signal: AbortSignal): Promise<string[]> {
  const { unzipRaw } = await import('unzipit')
  const address = new URL(ZIP, from).href
  const fetchRange = (start: number, length: number) =>
    persistently(() => fetchBytes(address, { range: { start, length }, atMost: MOST, signal }), signal)
  const zip = {
    getLength: async () => (await fetchRange(0, 1)).total,
    read: async (start: number, length: number) => (await fetchRange(start, length)).bytes,
  }
  const { entries } = await unzipRaw(zip).catch((error) => {
    if (error instanceof DownloadFailure || signal.aborted) throw error
    throw new DownloadFailure(`It is no whole zip: ${error.message}.`, { passing: false, cause: error })
  })
  const names = entries.map(({ name }) => PHOTO.exec(name)?.[1]).filter((name) => name !== undefined)
  if (names.length === 0) throw new DownloadFailure('There is no photo in it.', { passing: false })
  return names.sort().slice(0, limit)
}
