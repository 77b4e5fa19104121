import { element } from './element.js'

const place = document.querySelector('.messages')
const announcer = document.querySelector('[data-announce]')

/**
 * Shows a message until it is dismissed, or the next thing is done.
 *
 * @param {{ label: string, act: () => void } | undefined} way what one can do about it
 */
export function showMessage(text, way) {
  const take = () => {
    message.remove()
    way.act()
  }
  const message = element(
    'div',
    { class: 'message' },
    element('p', {}, text),
    way === undefined ? null : element('button', { type: 'button', class: 'way', click: take }, way.label),
    element('button', { type: 'button', 'aria-label': 'Dismiss', click: () => message.remove() }, '×'),
  )
  place.replaceChildren(message)
}

export function clearMessages() {
  place.replaceChildren()
}

/** Says something to screen readers only. */
export function announce(text) {
  // The very same words again would be no change, and not be said.
  announcer.textContent = announcer.textContent === text ? `${text}\u00a0` : text
}

/** What fails is shown as a message; then the result is `undefined`. */
export async function orMessage(work) {
  try {
    return await work()
  } catch (error) {
    if (error.name !== 'AbortError') showMessage(error.message)
    return undefined
  }
}
