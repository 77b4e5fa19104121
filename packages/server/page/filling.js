import { getStatus } from './api.js'

const place = document.querySelector('.filling')
const INTERVAL_MS = 1500

/** Shows how far the describing of the gallery is, until it is done; `onChange` is called whenever it went on. */
export async function watchFilling(status, onChange) {
  for (let { filling } = status; filling !== null; ) {
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
