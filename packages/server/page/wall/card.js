import { similarAddress } from '../address.js'
import { element } from '../element.js'
import { opinionButtons } from '../taste/opinion-buttons.js'
import { description } from '../words.js'
import { reason } from './reason.js'

/** Only what is extremely long or tall is cropped, so that a row stays a row. */
export const ratioOf = ({ width, height }) => Math.min(3.2, Math.max(0.5, width / height))

let made = 0

/** One picture of a wall, and under it why it is there. */
export function card(image, { hues, eager }) {
  const picture = element('img', {
    src: image.thumbnail,
    width: image.width,
    height: image.height,
    alt: description(image.objects),
    loading: eager ? 'eager' : 'lazy',
    decoding: 'async',
  })
  const because = image.because === undefined ? null : reason(image, hues)
  const link = element('a', { class: 'picture', href: similarAddress(image.id), 'data-id': image.id }, picture)
  if (because !== null) {
    made += 1
    because.id = `reason-${made}`
    link.setAttribute('aria-describedby', because.id)
  }
  return element('li', { class: 'card' }, link, opinionButtons(image), because)
}
