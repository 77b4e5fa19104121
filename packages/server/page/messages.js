import { element } from './element.js'

const place = document.querySelector('.messages')
const announcer = document.querySelector('[data-announce]')

/** Shows a message until it is dismissed, or the next thing is done. */
export function showMessage(text) {
  const message = element(
    'div',
    { class: 'message' },
    element('p', {}, text),
    element('button', { type: 'button', 'aria-label': 'Dismiss', click: () => message.remove() }, '×'),
  )
  place.replaceChildren(message)
}

export function clearMessages() {
  place.replaceChildren()
}

/** Says something to screen readers only. */
export function announce(text) {
  announcer.textContent = text
}
