import { similarAddress } from '../address.js'
import { element, withStyle } from '../element.js'
import { objectSearch } from '../results/object-search.js'
import { thumbnailOf } from '../server/endpoints.js'

const LIKED = 14

/**
 * What was learned, to be read and edited: each object with how much it counts, why, and a way to take it out.
 *
 * @param {{ objects: Record<string, number>, taste?: object }} learned
 * @param {{ like: Record<string, number> }} source
 * @param {{ hues: Map<string, number>, wish: (name: string, value: number) => void, forget: (id: string) => void }} actions a wish of 0
 * takes the object out
 */
export function tastePanel({ objects, taste }, { like }, { hues, wish, forget }) {
  const entries = Object.entries(objects)
  const group = (title, sign) => {
    const rows = entries
      .filter(([, value]) => value * sign > 0)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
      .map(([name, value]) => rowOf(name, value, { from: taste?.from[name] ?? [], hue: hues.get(name), wish }))
    return rows.length === 0
      ? null
      : element('div', {}, element('h2', { class: 'label' }, title), element('ul', { class: 'learned' }, ...rows))
  }
  const choose = (name, state) => wish(name, state === 'with' ? 1 : -1)
  const ids = Object.entries(like)
    .sort(([, a], [, b]) => b - a)
    .map(([id]) => id)
  return element(
    'div',
    { class: 'taste' },
    element('div', {}, group('More of', 1), objectSearch({ label: 'Add something', choose })),
    element('div', {}, group('Less of', -1), ids.length === 0 ? null : likedStrip(ids, forget)),
  )
}

function rowOf(name, value, { from, hue, wish }) {
  const slider = element('input', {
    type: 'range',
    min: 0.05,
    max: 1,
    step: 0.05,
    value: Math.abs(value),
    'aria-label': name,
    'data-wish': name,
    input: () => withStyle(slider, { '--share': slider.value }),
    change: () => wish(name, Math.sign(value) * Number(slider.value)),
  })
  withStyle(slider, { '--share': Math.abs(value), '--hue': hue })
  return element(
    'li',
    {},
    element('span', { class: 'name' }, name),
    slider,
    element(
      'span',
      { class: 'examples' },
      ...from.slice(0, 1).map((id) => thumbnail(id, `Learned from this: ${name}`)),
    ),
    element(
      'button',
      { type: 'button', class: 'remove', 'aria-label': `Take out ${name}`, click: () => wish(name, 0) },
      '×',
    ),
  )
}

function likedStrip(ids, forget) {
  const shown = ids
    .slice(0, LIKED)
    .map((id, place) =>
      element(
        'li',
        {},
        thumbnail(id, `Liked image ${place + 1}`),
        element(
          'button',
          { type: 'button', class: 'remove', 'aria-label': `Forget liked image ${place + 1}`, click: () => forget(id) },
          '×',
        ),
      ),
    )
  const more = ids.length > LIKED ? element('li', { class: 'note' }, `and ${ids.length - LIKED} more`) : null
  return element(
    'div',
    {},
    element('h2', { class: 'label' }, `Learned from ${ids.length === 1 ? 'this' : 'these'}`),
    element('ul', { class: 'liked' }, ...shown, more),
  )
}

function thumbnail(id, label) {
  const picture = element('img', {
    src: thumbnailOf(id),
    alt: label,
    width: 40,
    height: 40,
    decoding: 'async',
    error: () => link.classList.add('gone'),
  })
  const link = element('a', { href: similarAddress(id), 'data-id': id }, picture)
  return link
}
