import { element } from './element.js'
import { getStatus } from './server/endpoints.js'

const place = document.querySelector('.filling')
const INTERVAL_MS = 1500
let filling = null

/** Shows how far the describing of the gallery is, until it is done; `onChange` is called whenever it went on. */
export async function watchFilling(status, onChange) {
  for (filling = status.filling; filling !== null; ) {
    place.hidden = false
    place.querySelector('progress').value = filling.done / Math.max(1, filling.total)
    place.querySelector('span').textContent = `Describing new images: ${filling.done} of ${filling.total}`
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS))
    const next = await getStatus().catch(() => undefined)
    if (next === undefined) continue
    filling = next.filling
    onChange()
  }
  place.hidden = true
}

/** What to say under something that may not be all yet; `''` where it is. */
export function noteIfFilling() {
  if (filling === null) return ''
  const left = (filling.total - filling.done).toLocaleString('en')
  return element('p', { class: 'note' }, `${left} images are still to be described: there may be more in a while.`)
}
