import { element } from '../element.js'
import { placeholderWall } from '../wall/wall.js'
import { figure } from './stage.js'

/** Shows, while an image is on its way, the image itself, as far as the browser can show it. */
export function showWaiting(visit, picture, ratio, beside = null) {
  const frame = figure(ratio, picture === null ? [] : [picture])
  frame.classList.add('looking')
  const rows = [0, 1, 2].map(() => element('li', {}, element('span', { class: 'object waiting' })))
  const aside = element(
    'div',
    { class: 'seen' },
    element('h1', {}, 'Looking at it …'),
    beside,
    element('ul', { class: 'objects', 'aria-hidden': 'true' }, ...rows),
  )
  const place = element('div')
  const similar = element(
    'section',
    { class: 'similar' },
    element('div', { class: 'heading' }, element('h2', {}, 'Similar images')),
    element('div', { class: 'conditions' }),
    place,
  )
  visit.put([element('div', { class: 'beside' }, element('section', { class: 'query' }, frame, aside), similar)], () =>
    place.append(placeholderWall(16, place)),
  )
}
