import { pageUrl, thumbnailUrl } from './api.js'
import { element, withStyle } from './element.js'
import { decimal, description } from './words.js'

/** Very long and very tall images are cropped a little, so that a row stays a row. */
const ratioOf = ({ width, height }) => Math.min(2.2, Math.max(0.62, width / height))

/** Rows of images of equal height. */
export function imageGrid() {
  return element('ul', { class: 'grid' })
}

export function addCards(grid, images, hues) {
  grid.append(...images.map((image) => card(image, hues)))
}

/** Grey tiles where images will be. */
export function placeholderGrid(count) {
  const ratios = [1.25, 0.8, 1.25, 1, 1.25, 1.25, 0.8, 1.25]
  const tiles = Array.from({ length: count }, (_, place) =>
    withStyle(element('li', { class: 'card' }, element('div', { class: 'tile waiting' })), {
      '--ratio': ratios[place % ratios.length],
    }),
  )
  return element('ul', { class: 'grid', 'aria-hidden': 'true' }, ...tiles)
}

function card(image, hues) {
  const seen = description(image.objects)
  const picture = element('img', {
    class: 'tile',
    src: thumbnailUrl(image.name),
    width: image.width,
    height: image.height,
    alt: seen,
    loading: 'lazy',
    decoding: 'async',
    load: () => picture.classList.add('loaded'),
  })
  const link = element('a', { href: pageUrl(image.name), 'data-name': image.name }, picture)
  const item = withStyle(element('li', { class: 'card' }, link), { '--ratio': ratioOf(image) })
  if (image.because !== undefined) link.append(reason(image, hues))
  return item
}

/** Why an image is here: its score as a bar, made of what objects and looks contribute. */
function reason({ score, because }, hues) {
  const parts = because.filter(({ contribution }) => contribution >= 0.005)
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' })
  for (const { kind, name, contribution } of parts) {
    const hue = kind === 'object' ? (hues.get(name) ?? 60) : 0
    bar.append(withStyle(element('i', { class: `of-${kind}` }), { '--share': contribution, '--hue': hue }))
  }
  const words = parts.map(({ name, contribution }) => `${name}\u00a0${decimal(contribution)}`).join('\u00a0· ')
  return element(
    'span',
    { class: 'reason', title: words },
    element('span', { class: 'score' }, element('span', { class: 'visually-hidden' }, 'Similarity '), decimal(score)),
    bar,
    element('span', { class: 'words' }, words),
  )
}
