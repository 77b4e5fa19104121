import { element } from '../element.js'

const TYPES = 'image/jpeg,image/png,image/webp,image/gif,image/avif'

/** Where images are dropped, chosen, or taken with the camera where there is one at hand. */
export function dropZone() {
  return element(
    'div',
    { class: 'drop' },
    element(
      'label',
      { class: 'drop-zone' },
      input({ accept: TYPES, multiple: true }),
      element('span', { class: 'stack', 'aria-hidden': 'true' }, element('i'), element('i'), element('i')),
      element('strong', {}, 'Drop photos anywhere'),
      element('span', {}, 'paste them, or ', element('u', {}, 'choose files')),
      element('small', {}, 'JPEG, PNG, WebP, GIF or AVIF; one or many'),
    ),
    element(
      'label',
      { class: 'button photograph' },
      input({ accept: 'image/*', capture: 'environment' }),
      'Take a photo',
    ),
  )
}

const input = (attributes) =>
  element('input', { class: 'visually-hidden', type: 'file', 'data-choose': true, ...attributes })
