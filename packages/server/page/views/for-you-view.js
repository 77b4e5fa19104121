import { forYouAddress } from '../address.js'
import { element } from '../element.js'
import { announce, orMessage } from '../messages.js'
import { conditionsAsWhere } from '../results/conditions.js'
import { resultsSection } from '../results/results-section.js'
import { rankingOf } from '../results/tuning.js'
import { hasWishes, learn, recommendBy } from '../taste/learned.js'
import { onOpinions } from '../taste/opinions.js'
import { nothingLearned, tasteIntro } from '../taste/taste-intro.js'
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
  // Whether a change is being made here, and so is shown already.
  let editing = false
  const about = element(
    'section',
    { class: 'query for-you' },
    element('div', { class: 'intro' }, ...tasteIntro(visit, shared)),
    panel,
    stale,
  )
  visit.put([element('div', { class: 'beside' }, about, place)], show)
  if (!shared) {
    const stop = onOpinions(async () => {
      if (editing) return
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
      place.replaceChildren(nothingLearned(source))
    } else if (results === undefined) {
      results = wallOf()
      place.replaceChildren(results.node)
      results.begin()
    }
  }

  function wallOf() {
    return resultsSection({
      visit,
      heading: () => (shared ? 'What fits' : 'What may please you'),
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
    editing = true
    keepSource(visit, source)
    editing = false
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
