import { similarAddress } from '../address.js'
import { element } from '../element.js'
import { description } from '../words.js'

/** One file on its way, in a tile that becomes a link to its image, or says why there is none. */
export function entryTile(entry) {
  const name = entry.file?.name ?? ''
  const picture = element('div', { class: 'entry-picture' })
  if (entry.preview !== undefined) {
    const preview = element('img', { src: entry.preview, alt: '', error: () => preview.remove() })
    picture.append(preview)
  }
  const progress = element('progress', { max: 1, value: 0, 'aria-label': name })
  const words = element('span', { class: 'entry-words' })
  const node = element(
    'li',
    { class: 'entry' },
    picture,
    element('span', { class: 'entry-name' }, name),
    progress,
    words,
  )

  function show() {
    node.dataset.state = entry.state
    if (entry.state === 'done') return done()
    if (entry.state === 'failed') progress.remove()
    else if (entry.state === 'looking') progress.removeAttribute('value')
    else progress.value = entry.share
    words.textContent = { waiting: 'Waiting', sending: 'Sending', looking: 'Looking at it …', failed: entry.reason }[
      entry.state
    ]
  }

  function done() {
    const { id, objects, thumbnail } = entry.image
    progress.remove()
    words.textContent = description(objects)
    const link = element('a', { href: similarAddress(id), 'data-id': id })
    picture.replaceChildren(element('img', { src: thumbnail, alt: description(objects) }))
    picture.replaceWith(link)
    link.append(picture)
  }
  show()
  return { node, show }
}
