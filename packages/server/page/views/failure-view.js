import { element } from '../element.js'

/** Instead of a page, when there is none. @param {(() => void) | null} again what to try again; `null`: it would not help */
export function failureView(title, text, again = null) {
  const ways = element(
    'div',
    { class: 'ways' },
    element('a', { class: again === null ? 'button strong' : 'button', href: '/' }, 'To the start'),
  )
  if (again !== null)
    ways.prepend(element('button', { type: 'button', class: 'button strong', click: again }, 'Try again'))
  return [
    element('section', { class: 'quiet-page' }, element('h1', {}, title), element('p', { class: 'lead' }, text), ways),
  ]
}
