import { element, svgElement } from '../element.js'
import { announce } from '../messages.js'
import { description } from '../words.js'
import { onOpinions, opinionOf, setOpinion } from './opinions.js'

const shapes = {
  like: 'M12 20.3 4.6 13a4.9 4.9 0 0 1 0-7 4.9 4.9 0 0 1 7 0l.4.5.5-.5a4.9 4.9 0 0 1 6.9 0 4.9 4.9 0 0 1 0 7Z',
  unlike: 'M6 6l12 12M18 6 6 18',
}
const labels = { like: 'Like', unlike: 'Not for me' }
const said = { like: 'Liked.', unlike: 'Not for you: noted.', undefined: 'Taken back.' }

/** Like and not for me, of an image. Each is pressed or not; never both. */
export function opinionButtons({ id, objects }, { words = false } = {}) {
  const now = opinionOf(id)
  const buttons = Object.entries(labels).map(([opinion, label]) =>
    element(
      'button',
      {
        type: 'button',
        class: `opinion ${opinion}`,
        title: words ? null : label,
        'aria-label': words ? null : `${label}: ${description(objects)}`,
        'aria-pressed': String(now === opinion),
        'data-opinion': opinion,
      },
      svgElement(
        'svg',
        { viewBox: '0 0 24 24', width: 18, height: 18, 'aria-hidden': 'true' },
        svgElement('path', { d: shapes[opinion] }),
      ),
      words ? label : null,
    ),
  )
  return element('div', { class: words ? 'opinions in-words' : 'opinions', 'data-opinions-on': id }, ...buttons)
}

/** Listens for all of them, and keeps them as they are: an image may be shown more than once. */
export function listenForOpinions() {
  addEventListener('click', ({ target }) => {
    const button = target.closest?.('[data-opinion]')
    if (button === null || button === undefined) return
    const { opinionsOn: id } = button.parentElement.dataset
    const opinion = opinionOf(id) === button.dataset.opinion ? undefined : button.dataset.opinion
    setOpinion(id, opinion)
    announce(said[opinion])
  })
  onOpinions(() => {
    for (const group of document.querySelectorAll('[data-opinions-on]')) {
      const now = opinionOf(group.dataset.opinionsOn)
      for (const button of group.children) button.setAttribute('aria-pressed', String(now === button.dataset.opinion))
    }
  })
}
