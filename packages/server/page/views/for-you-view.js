import { forYouAddress } from '../address.js'
import { element } from '../element.js'
import { announce, orMessage, showMessage } from '../messages.js'
import { conditionsAsWhere } from '../results/conditions.js'
import { resultsSection } from '../results/results-section.js'
import { rankingOf } from '../results/tuning.js'
import { hasWishes, learn, recommendBy } from '../taste/learned.js'
import { keepOpinions, onOpinions, opinions } from '../taste/opinions.js'
import { shareTaste } from '../taste/share-taste.js'
import { tastePanel } from '../taste/taste-panel.js'
import { isShared, keepSource, sourceOf, sourceParameters } from '../taste/taste-source.js'
import { huesOf } from '../words.js'

/** What fits what somebody likes, and what that is: the reader's own likes, or those that the address carries. */
export async function forYouView(visit) {
  const shared = isShared(visit.parameters)
  let learned = await learn(sourceOf(visit.parameters), visit.signal)
  if (visit.signal.aborted) return
  visit.title(shared ? 'For somebody' : 'For you')

  const panel = element('div')
  const stale = element(
    'button',
    { type: 'button', class: 'button', hidden: true, click: () => refresh() },
    'Rank anew with your latest likes',
  )
  const place = element('div')
  let results
  visit.put([element('section', { class: 'intro for-you' }, ...intro(visit, shared), panel, stale), place])
  show()
  if (!shared) {
    const stop = onOpinions(async () => {
      // The wall stays as it is under the pointer, until one asks for it.
      await orMessage(relearn)
      stale.hidden = false
    })
    visit.signal.addEventListener('abort', stop)
  }

  function show() {
    const hues = huesOf(Object.keys(learned.objects))
    const focused = document.activeElement?.dataset.wish
    const source = sourceOf(visit.parameters)
    panel.replaceChildren(tastePanel(learned, source, { hues, wish, forget }))
    if (focused !== undefined) panel.querySelector(`[data-wish="${CSS.escape(focused)}"]`)?.focus()
    if (!hasWishes(learned)) {
      results = undefined
      place.replaceChildren(nothingYet(source))
    } else if (results === undefined) {
      results = wallOf()
      place.replaceChildren(results.node)
    }
  }

  function wallOf() {
    return resultsSection({
      visit,
      heading: shared ? 'What fits' : 'What may please you',
      settings: ['diversity'],
      first: [],
      hues: () => huesOf(Object.keys(learned.objects)),
      addressOf: (parameters) =>
        forYouAddress(
          new URLSearchParams([...(shared ? sourceParameters(sourceOf(visit.parameters)) : []), ...parameters]),
        ),
      load: ({ conditions, tuning }, cursor, signal) =>
        recommendBy(
          learned,
          { where: conditionsAsWhere(conditions), ...rankingOf(tuning), ...(cursor === null ? {} : { cursor }) },
          signal,
        ),
      empty: () =>
        element(
          'p',
          { class: 'note empty' },
          'Nothing else is like that. Take something out above, or drop a condition.',
        ),
      end: 'That is all that fits.',
    })
  }

  async function relearn() {
    learned = await learn(sourceOf(visit.parameters), visit.signal)
    if (!visit.signal.aborted) show()
  }

  async function refresh() {
    stale.hidden = true
    await orMessage(async () => {
      await relearn()
      await results?.again()
    })
  }

  async function keep(source) {
    keepSource(visit, source)
    await refresh()
    announce('Ranked anew.')
  }

  function wish(name, value) {
    const source = sourceOf(visit.parameters)
    return keep({ ...source, wishes: { ...source.wishes, [name]: value } })
  }

  function forget(id) {
    const source = sourceOf(visit.parameters)
    const { [id]: _, ...like } = source.like
    return keep({ ...source, like })
  }
}

function intro(visit, shared) {
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

function nothingYet({ like, wishes }) {
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
