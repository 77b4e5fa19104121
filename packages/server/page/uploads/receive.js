import { element } from '../element.js'
import { announce, showMessage } from '../messages.js'
import { showWaiting } from '../stage/waiting.js'
import { sendFiles } from './batch.js'
import { keepBatch } from './batches.js'

/**
 * Takes files in. One alone leads straight to its image; several to a page of what came in.
 *
 * @param {{ one: (image: object) => void, several: (state: object) => void, again: () => Promise<void>, leave: () => object }} page
 */
export async function receiveImages(files, mostBytes, page) {
  const batch = sendFiles(files, mostBytes)
  if (files.length > 1) return page.several(keepBatch(batch))

  const [entry] = batch.entries
  const visit = page.leave()
  const preview = await previewOf(entry)
  if (visit.signal.aborted) return
  const progress = element('progress', { max: 1, value: 0, 'aria-label': entry.file.name })
  showWaiting(visit, preview.picture, preview.ratio, progress)
  scrollTo(0, 0)
  announce('Looking at the image.')
  batch.changes.addEventListener('change', () => {
    if (entry.state === 'looking') progress.removeAttribute('value')
    else progress.value = entry.share
  })
  await batch.finished
  if (visit.signal.aborted) return
  if (entry.state === 'done') return page.one(entry.image)
  await page.again()
  showMessage(entry.reason)
}

/** What the browser makes of a file. Whether it is an image, the server decides. */
async function previewOf({ preview }) {
  const picture = element('img', { src: preview, alt: 'Your image' })
  try {
    await picture.decode()
    return { picture, ratio: picture.naturalWidth / picture.naturalHeight }
  } catch {
    return { picture: null, ratio: 1.25 }
  }
}
