import { element } from './element.js'
import { addCards, imageGrid, placeholderGrid } from './grid.js'
import { figure, stage } from './stage.js'
import { tuningControls } from './tuning.js'
import { huesOf } from './words.js'

/**
 * The page of one image. `results` is `undefined` until they are there; then `{ items, nextCursor, nothingRecognised }`.
 *
 * @param {{ more: () => Promise<{ items: object[], nextCursor: string | null }>, retune: (name: string) => void }} actions
 * `more` brings the next page, `retune` is called when a setting has changed
 */
export function resultView(image, results, actions) {
  const hues = huesOf(image.objects)
  const { frame, list } = stage(image, hues)
  const found = image.objects.length > 0
  const aside = element(
    'div',
    { class: 'seen' },
    element('h1', {}, found ? 'What it sees' : 'Nothing it knows'),
    found
      ? list
      : element(
          'p',
          { class: 'note' },
          'Nothing was recognised in this image, so there is nothing to go by. Try one with people, animals, vehicles, food or furniture in it.',
        ),
  )
  const query = element('section', { class: 'query' }, frame, aside)
  return found ? [query, similarSection(results, hues, actions)] : [query, wayOn()]
}

/** While an image is on its way: itself, as far as the browser can show it. */
export function waitingView(picture, ratio) {
  const frame = figure(ratio, picture === null ? [] : [picture])
  frame.classList.add('looking')
  const rows = [0.9, 0.6, 0.75].map(() => element('li', {}, element('span', { class: 'object waiting' })))
  const aside = element(
    'div',
    { class: 'seen' },
    element('h1', {}, 'Looking at it …'),
    element('ul', { class: 'objects', 'aria-hidden': 'true' }, ...rows),
  )
  return [element('section', { class: 'query' }, frame, aside), section(null, placeholderGrid(12))]
}

/** Instead of a page, when there is none. */
export function failureView(title, text) {
  return [
    element(
      'section',
      { class: 'quiet-page' },
      element('h1', {}, title),
      element('p', { class: 'lead' }, text),
      element('a', { class: 'button strong', href: '/' }, 'To the start'),
    ),
  ]
}

function wayOn() {
  return element(
    'section',
    { class: 'way-on' },
    element('a', { class: 'button', href: '/predict_random_image' }, 'Surprise me'),
    element('a', { class: 'button', href: '/' }, 'To the start'),
  )
}

function section(controls, ...children) {
  return element(
    'section',
    { class: 'similar' },
    element('div', { class: 'heading' }, element('h2', {}, 'Similar images'), controls),
    ...children,
  )
}

function similarSection(results, hues, { more, retune }) {
  const controls = tuningControls(retune)
  if (results === undefined) return section(controls, placeholderGrid(12))
  if (results.items.length === 0) {
    return section(controls, element('p', { class: 'note' }, 'No other image has any of these things in it, so far.'))
  }
  const grid = imageGrid()
  addCards(grid, results.items, hues)
  const button = element('button', { type: 'button', class: 'button', click: showMore }, 'Show more')
  const foot = element('div', { class: 'foot' }, results.nextCursor === null ? theEnd() : button)

  async function showMore() {
    button.disabled = true
    const page = await more()
    button.disabled = false
    if (page === undefined) return
    const first = grid.children.length
    addCards(grid, page.items, hues)
    // Whoever uses the keyboard goes on with the first new one.
    if (document.activeElement === button || document.activeElement === document.body) {
      grid.children[first]?.querySelector('a').focus({ preventScroll: true })
    }
    if (page.nextCursor === null) foot.replaceChildren(theEnd())
  }
  return section(controls, grid, foot)
}

const theEnd = () => element('p', { class: 'note' }, 'That is every image that has something of this in it.')
