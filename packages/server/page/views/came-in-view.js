import { cameInAddress, forYouAddress } from '../address.js'
import { element } from '../element.js'
import { keepImages, knownImage } from '../known-images.js'
import { announce } from '../messages.js'
import { getImage } from '../server/endpoints.js'
import { batchIn } from '../uploads/batches.js'
import { entryTile } from '../uploads/entry-tile.js'
import { plural } from '../words.js'

/** Images that came in together: on their way, with a bar each, or by the address of those that have come. */
export async function cameInView(visit) {
  const batch = batchIn(history.state)
  const entries = batch?.entries ?? (await entriesOf(visit))
  if (visit.signal.aborted) return
  const heading = element('h1', {})
  const lead = element('p', { class: 'lead' })
  const ways = element('div', { class: 'ways' })
  const tiles = new Map(entries.map((entry) => [entry, entryTile(entry)]))
  visit.title('What came in')
  visit.put([
    element('section', { class: 'intro' }, heading, lead, ways),
    element('ul', { class: 'entries' }, ...[...tiles.values()].map(({ node }) => node)),
  ])
  tell()
  if (batch === undefined) return

  const changed = ({ detail: entry }) => {
    tiles.get(entry).show()
    if (entry.state !== 'done' && entry.state !== 'failed') return
    visit.move(cameInAddress(ids()), { push: false })
    tell()
  }
  batch.changes.addEventListener('change', changed)
  visit.signal.addEventListener('abort', () => batch.changes.removeEventListener('change', changed))

  function ids() {
    return entries.filter(({ state }) => state === 'done').map(({ image }) => image.id)
  }

  function tell() {
    const count = (wanted) => entries.filter(({ state }) => state === wanted).length
    const [done, failed] = [count('done'), count('failed')]
    const left = entries.length - done - failed
    heading.textContent =
      left > 0 ? `${done + failed} of ${plural(entries.length, 'image')}` : `${plural(done, 'image')} came in`
    const trouble = failed === 0 ? '' : ` ${failed} could not be taken; each says why.`
    lead.textContent = left > 0 ? `The others are on their way.${trouble}` : `Each leads to images like it.${trouble}`
    if (left > 0) return
    announce(`${heading.textContent}.${trouble}`)
    const like = new URLSearchParams(ids().map((id) => ['like', id]))
    const all = element('a', { class: 'button strong', href: forYouAddress(like) }, 'Find images like all of them')
    ways.replaceChildren(...(done > 1 ? [all] : []), element('a', { class: 'button', href: '/' }, 'To the start'))
  }
}

/** Those that are not there any more are left out. */
async function entriesOf({ parameters, signal }) {
  const ids = parameters.getAll('image').filter((id) => id !== '')
  const found = await Promise.all(ids.map(async (id) => knownImage(id) ?? getImage(id, signal).catch((error) => error)))
  const images = found.filter((image) => !(image instanceof Error))
  if (images.length === 0 && found.length > 0) throw found[0]
  keepImages(images)
  return images.map((image) => ({ image, state: 'done' }))
}
