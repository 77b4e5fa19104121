import { findAddress } from '../address.js'
import { element } from '../element.js'
import { announce, orMessage } from '../messages.js'
import { createFeed } from '../results/feed.js'
import { objectSearch } from '../results/object-search.js'
import { getCounts, getSample } from '../server/endpoints.js'
import { dropZone } from '../uploads/drop-zone.js'
import { endlessWall } from '../wall/endless.js'

const SAMPLE = 30
/** How many of the most frequent objects are offered. */
const OFFERED = 8

/** The start page: the place to drop images, the box to say what is to be in them, and some of the gallery. */
export async function startView(visit) {
  visit.title(undefined)
  const place = element('div')
  const others = element('button', { type: 'button', class: 'button', click: () => showOthers() }, 'Show others')
  const offers = element('ul', { class: 'offers', 'aria-label': 'Often seen' })
  visit.put(
    [
      element(
        'section',
        { class: 'hero' },
        element(
          'div',
          {},
          element('h1', {}, 'Show it a photo. It finds others with the same things in them.'),
          element('p', { class: 'lead' }, 'It names what it sees, and says of every find why it is one.'),
          objectSearch({
            label: 'Or say what is to be in it',
            choose: (name, state) =>
              visit.go(findAddress(new URLSearchParams([[state === 'with' ? 'all' : 'none', name]]))),
          }),
          offers,
        ),
        dropZone(),
      ),
      element(
        'section',
        { class: 'gallery' },
        element('div', { class: 'heading' }, element('h2', {}, 'Or begin with one of these'), others),
        place,
      ),
    ],
    show,
  )
  void offer(offers, visit.signal)

  function show() {
    const wall = endlessWall({
      within: place,
      feed: visit.remember('feed', sampleFeed),
      hues: () => new Map(),
      signal: visit.signal,
      empty: emptyGallery,
      end: '',
    })
    place.replaceChildren(wall.node)
    return wall.ready
  }

  async function showOthers() {
    visit.forget('feed')
    await orMessage(show)
    announce('Other images are shown.')
  }
}

/** Random images, none twice; it ends when drawing brings nothing new. */
function sampleFeed() {
  const shown = new Set()
  return createFeed(async (_, signal) => {
    const { images } = await getSample(SAMPLE, signal)
    const items = images.filter(({ id }) => !shown.has(id))
    for (const { id } of items) shown.add(id)
    return { items, nextCursor: items.length === 0 || images.length < SAMPLE ? null : 'more' }
  })
}

/** Where all else fails too this is left out. */
async function offer(place, signal) {
  const counts = await getCounts(new URLSearchParams(), signal).catch(() => undefined)
  if (counts === undefined || signal.aborted) return
  const names = Object.keys(counts.objects).slice(0, OFFERED)
  place.replaceChildren(
    ...names.map((name) =>
      element('li', {}, element('a', { class: 'chip', href: findAddress(new URLSearchParams({ all: name })) }, name)),
    ),
  )
}

function emptyGallery() {
  return element(
    'div',
    { class: 'empty' },
    element(
      'p',
      { class: 'note' },
      'The gallery is empty so far. Drop some photos anywhere on this page: they are its first.',
    ),
  )
}
