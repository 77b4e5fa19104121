import { element } from '../element.js'
import { announce } from '../messages.js'
import { getCounts } from '../server/endpoints.js'
import { endlessWall } from '../wall/endless.js'
import { plural } from '../words.js'
import { conditionChips } from './condition-chips.js'
import { changed, conditionParameters, conditionsIn } from './conditions.js'
import { createFeed } from './feed.js'
import { tuningControls, tuningIn, tuningParameters } from './tuning.js'

/**
 * Images that were found, with all that one can say about what is to be found: chips, sliders, and the wall of them. What is set is in the
 * address; everything else on the page stays as it is while it changes.
 *
 * @param {{
 *   visit: object, heading: (images?: number) => string, settings: string[], first: string[], hues: (conditions: Map) => Map<string, number>,
 *   addressOf: (parameters: URLSearchParams) => string,
 *   load: (state: { conditions: Map, tuning: Map }, cursor: string | null, signal: AbortSignal) => Promise<object>,
 *   onPoint?: (image: object | undefined) => void, onChange?: (conditions: Map) => void,
 *   empty: (state: { conditions: Map, set: Function }) => Node, end: string
 * }} options `heading` is told how many images meet the conditions once that is known; `settings`: which sliders there are; `first`: objects whose chips come first
 */
export function resultsSection(options) {
  const { visit, heading, settings, first, hues, addressOf, load, onPoint, onChange = () => {}, empty, end } = options
  let state = { conditions: conditionsIn(visit.parameters), tuning: tuningIn(visit.parameters) }
  let leaving = new AbortController()
  visit.signal.addEventListener('abort', () => leaving.abort())
  let wall
  let lit

  const chips = conditionChips({
    first,
    hues: hues(state.conditions),
    change: (name, wanted) => set({ conditions: changed(state.conditions, name, wanted) }, { push: true }),
  })
  const title = element('h2', {}, heading())
  const total = element('span', { class: 'total' })
  const place = element('div', { class: 'results' })
  const controls = tuningControls(state.tuning, settings, (tuning) => set({ tuning }, { push: false }))
  const node = element(
    'section',
    { class: 'similar' },
    element('div', { class: 'heading' }, title, total, controls),
    chips.node,
    place,
  )
  const parameters = () =>
    new URLSearchParams([...conditionParameters(state.conditions), ...tuningParameters(state.tuning)])

  function set(change, { push }) {
    state = { ...state, ...change }
    visit.move(addressOf(parameters()), { push })
    leaving.abort()
    leaving = new AbortController()
    onChange(state.conditions)
    void show()
  }

  async function show() {
    const { signal } = leaving
    const asked = state
    const feed = visit.remember('feed', () => createFeed((cursor, signal) => load(asked, cursor, signal)))
    const next = endlessWall({
      within: place,
      feed,
      hues: () => hues(asked.conditions),
      signal,
      onPoint,
      empty: () => empty({ conditions: asked.conditions, set }),
      end,
    })
    if (lit !== undefined) next.light(lit)
    void showCounts(asked, signal)
    // The old ones stay, a little paler, until the new ones are there.
    if (wall === undefined) place.replaceChildren(next.node)
    place.setAttribute('aria-busy', 'true')
    await next.ready
    if (signal.aborted) return
    place.replaceChildren(next.node)
    place.removeAttribute('aria-busy')
    wall = next
    announce(
      feed.items.length === 0
        ? 'No images.'
        : `${plural(feed.items.length, 'image')}${feed.ended ? '' : ', and more'}.`,
    )
  }

  async function showCounts({ conditions }, signal) {
    chips.update(conditions)
    const counts = await getCounts(new URLSearchParams(conditionParameters(conditions)), signal).catch(() => undefined)
    if (signal.aborted || counts === undefined) return
    chips.update(conditions, counts)
    title.textContent = heading(counts.total)
    total.textContent =
      conditions.size === 0 || title.textContent !== heading() ? '' : `among ${plural(counts.total, 'image')}`
  }

  return {
    node,
    /** Once it is on the page. */
    begin: () => void show(),
    /** Draws an object's boxes in the results; `undefined`: no longer. */
    light(name) {
      lit = name
      wall?.light(name)
    },
    /** Sets a condition, as a chip does. */
    change: (name, wanted) => set({ conditions: changed(state.conditions, name, wanted) }, { push: true }),
    /** Asks anew. */
    again() {
      visit.forget('feed')
      leaving.abort()
      leaving = new AbortController()
      return show()
    },
  }
}
