import { element, withStyle } from '../element.js'
import { nextState } from './conditions.js'
import { objectSearch } from './object-search.js'

const MOST = 18
const said = { with: ', must be in it', without: ', must not be in it', undefined: '' }

/**
 * One chip for each object: it may be there or not, must be there, must not be there. With the number of images that it would give.
 *
 * @param {{ first: string[], hues: Map<string, number>, change: (name: string, state: string | undefined) => void }} options `first`: whose
 * chips come first
 */
export function conditionChips({ first, hues, change }) {
  const chips = new Map()
  const strip = element('ul', { class: 'chips', 'aria-label': 'Objects to have or not to have' })
  const search = objectSearch({ label: 'Add an object', choose: change })

  function chipOf(name) {
    if (chips.has(name)) return chips.get(name)
    const sign = element('span', { class: 'sign', 'aria-hidden': 'true' })
    const state = element('span', { class: 'visually-hidden' })
    const count = element('span', { class: 'count' })
    const button = element(
      'button',
      {
        type: 'button',
        class: 'chip',
        title: 'Once: with it. Twice: without it. Then: either.',
        click: () => change(name, nextState(button.dataset.state)),
      },
      sign,
      element('span', { class: 'name' }, name),
      state,
      element('span', { class: 'visually-hidden' }, ', images: '),
      count,
    )
    if (hues.has(name)) withStyle(button, { '--hue': hues.get(name) }).classList.add('of-query')
    const chip = { node: element('li', {}, button), button, sign, state, count }
    chips.set(name, chip)
    return chip
  }

  return {
    node: element('div', { class: 'conditions' }, search, strip),
    /**
     * @param {Map<string, string>} conditions
     * @param {{ total: number, objects: Record<string, number> }} counts `undefined` while they are on their way
     */
    update(conditions, counts) {
      // Those that are there already stay where they are: one may be about to press them.
      const added = [...conditions.keys()].filter((name) => !chips.has(name))
      strip.prepend(...added.map((name) => chipOf(name).node))
      for (const name of [...first, ...Object.keys(counts?.objects ?? {})]) {
        if (!chips.has(name) && (chips.size < MOST || first.includes(name))) strip.append(chipOf(name).node)
      }
      for (const [name, chip] of chips) show(chip, conditions.get(name), counts, counts?.objects[name] ?? 0)
    },
  }
}

function show({ button, sign, state, count }, wanted, counts, withIt) {
  if (wanted === undefined) delete button.dataset.state
  else button.dataset.state = wanted
  sign.textContent = { with: '+', without: '−' }[wanted] ?? ''
  state.textContent = said[wanted]
  if (counts === undefined) return
  const images = wanted === undefined ? withIt : counts.total
  count.textContent = images.toLocaleString('en')
  button.classList.toggle('none', images === 0)
}
