import { element, withStyle } from '../element.js'
import { moveByArrows } from './arrow-keys.js'
import { card, ratioOf } from './card.js'
import { justify } from './justified.js'
import { clearMarks, mark } from './marks.js'

/** So many pictures are loaded at once; those behind them when they come near. */
const EAGER = 30

/**
 * A wall of photos, each of which has its size before it is shown.
 *
 * @param {{ within: Element, hues: Map<string, number>, onPoint?: (image: object | undefined) => void }} options `within`: which part of the page
 * it is to fill; `onPoint` is told which image is pointed at
 */
export function createWall({ within, hues, onPoint = () => {} }) {
  const list = element('ul', { class: 'wall', keydown: moveByArrows })
  const shown = []
  let complete = false
  let lit

  function add(images) {
    for (const image of images) {
      const made = card(image, { hues, eager: shown.length < EAGER })
      shown.push({ image, node: made })
      if (lit !== undefined) lightCard(shown.at(-1))
    }
    arrange()
    list.append(...shown.slice(shown.length - images.length).map(({ node }) => node))
  }

  /** Of a row that is not full yet nothing is shown while there is more to come: it would move when it does. */
  function arrange() {
    const rows = justify(
      shown.map(({ image }) => ratioOf(image)),
      measures(within),
    )
    let place = 0
    for (const { count, height, full } of rows) {
      for (const { image, node } of shown.slice(place, place + count)) {
        node.hidden = !full && !complete && rows.length > 1
        withStyle(node, {
          '--width': `${(ratioOf(image) * height).toFixed(2)}px`,
          '--height': `${height.toFixed(2)}px`,
        })
      }
      place += count
    }
  }

  function lightCard({ image, node }) {
    const has = lit !== undefined && image.objects.some(({ object }) => object === lit)
    node.classList.toggle('lit', has)
    if (has) mark(node, image, [lit], hues)
    else clearMarks(node)
  }

  let pointed
  function point(event) {
    const at = event.target.closest?.('.card')
    const found = shown.find(({ node }) => node === at)
    if (found === pointed) return
    if (pointed !== undefined && lit === undefined) clearMarks(pointed.node)
    pointed = found
    if (found !== undefined && lit === undefined) mark(found.node, found.image, sharedNames(found.image), hues)
    onPoint(found?.image)
  }
  const leave = () => point({ target: list })
  list.addEventListener('pointerover', point)
  list.addEventListener('pointerleave', leave)
  list.addEventListener('focusin', point)
  list.addEventListener('focusout', leave)

  let { width } = measures(within)
  new ResizeObserver(() => {
    if (!list.isConnected || measures(within).width === width) return
    width = measures(within).width
    arrange()
  }).observe(within)

  return {
    node: list,
    add,
    /** No more will come: the last row is shown as it is. */
    end() {
      complete = true
      arrange()
    },
    /** Draws this object's boxes in all pictures that have it, and dims the others; `undefined`: as usual. */
    light(name) {
      lit = name
      list.classList.toggle('lighting', name !== undefined)
      for (const one of shown) lightCard(one)
    },
  }
}

/** The objects because of which an image is here. */
export const sharedNames = ({ because }) =>
  (because ?? []).filter(({ kind, contribution }) => kind === 'object' && contribution > 0).map(({ name }) => name)

/** Grey tiles where pictures will be, in this part of the page. */
export function placeholderWall(count, within) {
  const ratios = Array.from({ length: count }, (_, place) => [1.25, 0.8, 1.25, 1, 1.33, 1.25, 0.8][place % 7])
  const tiles = justify(ratios, measures(within)).flatMap(({ count, height, full }, row, rows) =>
    Array.from({ length: full ? count : 0 }, (_, place) => {
      const before = rows.slice(0, row).reduce((sum, { count }) => sum + count, 0)
      const tile = element('li', { class: 'card' }, element('div', { class: 'picture waiting' }))
      return withStyle(tile, {
        '--width': `${(ratios[before + place] * height).toFixed(2)}px`,
        '--height': `${height.toFixed(2)}px`,
      })
    }),
  )
  return element('ul', { class: 'wall', 'aria-hidden': 'true' }, ...tiles)
}

function measures(within) {
  const style = getComputedStyle(within)
  const pixels = (name) => Number.parseFloat(style.getPropertyValue(name))
  // A hair less than there is, or rounding would break a row.
  return { width: within.getBoundingClientRect().width - 0.5, height: pixels('--row'), gap: pixels('--gap') }
}
