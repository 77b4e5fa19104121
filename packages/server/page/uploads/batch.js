import { keepImages } from '../known-images.js'
import { sendImage } from '../server/send-image.js'

/** So many are sent at a time; the server describes them one after the other anyway. */
const AT_A_TIME = 3

/**
 * Files on their way into the gallery. It goes on, wherever one goes on the page meanwhile.
 *
 * @param {File[]} files
 * @param {number} mostBytes what the server takes
 * @returns {{ entries: object[], changes: EventTarget, finished: Promise<void> }} each entry is `{ file, preview, state, share, image, reason }`;
 * its state is `waiting`, `sending`, `looking`, `done` (with the image) or `failed` (with the reason); `changes` dispatches `change` with each
 */
export function sendFiles(files, mostBytes) {
  const changes = new EventTarget()
  const entries = files.map((file) => ({ file, preview: URL.createObjectURL(file), state: 'waiting', share: 0 }))
  const change = (entry, to) => {
    Object.assign(entry, to)
    changes.dispatchEvent(new CustomEvent('change', { detail: entry }))
  }

  async function send(entry) {
    if (entry.file.size > mostBytes) {
      const reason = `It is too large: ${Math.floor(mostBytes / 1024 / 1024)} MiB is the most.`
      return change(entry, { state: 'failed', reason })
    }
    change(entry, { state: 'sending' })
    try {
      const image = await sendImage(entry.file, (share) =>
        change(entry, { state: share < 1 ? 'sending' : 'looking', share }),
      )
      keepImages([image])
      change(entry, { state: 'done', image })
      // From here on there is a thumbnail.
      URL.revokeObjectURL(entry.preview)
    } catch (error) {
      change(entry, { state: 'failed', reason: error.message })
    }
  }

  const queue = [...entries]
  async function sendNext() {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) await send(entry)
  }
  const finished = Promise.all(Array.from({ length: AT_A_TIME }, sendNext)).then(() => {})
  return { entries, changes, finished }
}
