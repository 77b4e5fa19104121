import { forYouAddress } from '../address.js'
import { element } from '../element.js'
import { showMessage } from '../messages.js'
import { keepOpinions, opinions } from './opinions.js'
import { shareTaste } from './share-taste.js'
import { sourceOf } from './taste-source.js'

/** Whose taste it is, and what can be done with all of it. */
export function tasteIntro(visit, shared) {
  const heading = element('h1', {}, shared ? 'Images for somebody’s taste' : 'For you')
  const lead = element(
    'p',
    { class: 'lead' },
    shared
      ? 'This link carries what somebody likes. Change what you want: your own likes stay as they are.'
      : 'What it has learned from the images that you like. It stays in this browser; correct it where it is wrong.',
  )
  const share = element(
    'button',
    { type: 'button', class: 'button', click: () => shareTaste(sourceOf(visit.parameters)) },
    'Share',
  )
  const other = shared
    ? element('button', { type: 'button', class: 'button', click: () => adopt(visit) }, 'Make it mine')
    : element('button', { type: 'button', class: 'button', click: () => forgetAll(visit) }, 'Forget all')
  return [heading, lead, element('div', { class: 'ways' }, share, other)]
}

function adopt(visit) {
  const { like, unlike, wishes } = sourceOf(visit.parameters)
  const own = opinions()
  keepOpinions({
    like: { ...own.like, ...like },
    unlike: { ...own.unlike, ...unlike },
    wishes: { ...own.wishes, ...wishes },
  })
  visit.go(forYouAddress())
}

function forgetAll(visit) {
  const before = opinions()
  keepOpinions({ like: {}, unlike: {}, wishes: {} })
  visit.go(forYouAddress())
  showMessage('All likes are forgotten.', {
    label: 'Undo',
    act: () => {
      keepOpinions(before)
      visit.go(forYouAddress())
    },
  })
}

/** Instead of a wall. */
export function nothingLearned({ like, wishes }) {
  const known = Object.keys(like).length + Object.keys(wishes).length > 0
  return element(
    'div',
    { class: 'empty' },
    element('h2', {}, known ? 'Nothing to go by' : 'Nothing learned yet'),
    element(
      'p',
      { class: 'note' },
      known
        ? 'Nothing that it knows is left of what you like. Add something above, or like other images.'
        : 'Press the heart on images that you like, and the cross on those that are not for you. Or say above what you want to see.',
    ),
    element('a', { class: 'button strong', href: '/' }, 'Look at some images'),
  )
}
