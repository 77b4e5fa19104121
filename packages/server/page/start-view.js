import { element } from './element.js'
import { addCards, imageGrid, placeholderGrid } from './grid.js'

/** The start page: the place to drop an image, and some of the gallery. `sample` is `undefined` until it is there. */
export function startView(sample, shuffle) {
  return [
    element(
      'section',
      { class: 'hero' },
      element(
        'div',
        {},
        element('h1', {}, 'Show it an image, and it finds others with the same things in them.'),
        element('p', { class: 'lead' }, 'It names what it sees, and says of every find why it is one.'),
      ),
      dropZone(),
    ),
    element(
      'section',
      { class: 'gallery' },
      element(
        'div',
        { class: 'heading' },
        element('h2', {}, 'Or begin with one of these'),
        element('button', { type: 'button', class: 'button', click: shuffle }, 'Show others'),
      ),
      galleryOf(sample),
    ),
  ]
}

function galleryOf(sample) {
  if (sample === undefined) return placeholderGrid(16)
  if (sample.length === 0) return element('p', { class: 'note' }, 'The gallery is empty so far.')
  const grid = imageGrid()
  addCards(grid, sample, new Map())
  return grid
}

function dropZone() {
  return element(
    'label',
    { class: 'drop-zone' },
    element('input', {
      class: 'visually-hidden',
      type: 'file',
      accept: 'image/jpeg,image/png,image/webp,image/gif,image/avif',
      'data-choose': true,
    }),
    element('span', { class: 'stack', 'aria-hidden': 'true' }, element('i'), element('i'), element('i')),
    element('strong', {}, 'Drop an image anywhere'),
    element('span', {}, 'paste one, or ', element('u', {}, 'choose a file')),
    element('small', {}, 'JPEG, PNG or WebP'),
  )
}
