import { element } from '../element.js'
import { noteIfFilling } from '../filling.js'
import { announce } from '../messages.js'
import { plural } from '../words.js'
import { createWall, placeholderWall } from './wall.js'

/** How far below the window the next page is brought, so that one does not see it come. */
const AHEAD = '1200px'

/**
 * A wall that fills while one scrolls; the button is for whoever does not.
 *
 * @param {{
 *   within: Element, feed: object, hues: () => Map<string, number>, signal: AbortSignal, onPoint?: (image: object | undefined) => void,
 *   empty: () => Node, end: string
 * }} options `within`: which part of the page it fills; `hues` is asked once the first page is there; `empty` is shown instead where that has nothing
 * @returns {{ node: Node, light: (name?: string) => void, ready: Promise<void> }} ready once the first page is shown, or why there is none
 */
export function endlessWall({ within, feed, hues, signal, onPoint, empty, end }) {
  const node = element('div', { class: 'endless' })
  const button = element('button', { type: 'button', class: 'button', click: () => more(true) }, 'Show more')
  const foot = element('div', { class: 'foot' }, button)
  let wall
  let lit

  const observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && more(false), {
    rootMargin: AHEAD,
  })
  signal.addEventListener('abort', () => observer.disconnect())

  function begin() {
    if (feed.items.length === 0 && feed.ended) {
      node.replaceChildren(empty())
      return
    }
    wall = createWall({ within, hues: hues(), onPoint })
    wall.add(feed.items)
    if (lit !== undefined) wall.light(lit)
    node.replaceChildren(wall.node, foot)
    if (feed.ended) finish()
    else observer.observe(foot)
  }

  function finish() {
    observer.disconnect()
    wall.end()
    foot.replaceChildren(element('p', { class: 'note' }, end), noteIfFilling())
  }

  async function more(asked) {
    if (feed.ended || button.disabled) return
    button.disabled = true
    // A button that is disabled loses the focus; whoever uses the keyboard goes on with the first new picture.
    const first = wall.node.children.length
    try {
      const items = await feed.more(signal)
      if (signal.aborted) return
      // The foot is not pushed down by what comes: it goes, and is there again at the new end.
      foot.remove()
      wall.add(items)
      node.append(foot)
      if (feed.ended) finish()
      if (asked) wall.node.children[first]?.querySelector('a').focus({ preventScroll: true })
      announce(`${plural(items.length, 'more image')}.`)
      foot.querySelector('.trouble')?.remove()
      // What is still in sight has not left it, and would not be told again.
      observer.unobserve(foot)
      if (!feed.ended) observer.observe(foot)
    } catch (error) {
      if (signal.aborted) return
      observer.disconnect()
      foot.querySelector('.trouble')?.remove()
      foot.prepend(element('p', { class: 'note trouble', role: 'alert' }, error.message))
    } finally {
      button.disabled = false
    }
  }

  async function firstPage() {
    try {
      await feed.more(signal)
      if (signal.aborted) return
      begin()
    } catch (error) {
      if (signal.aborted) return
      node.replaceChildren(trouble(error))
    }
  }

  const trouble = (error) =>
    element(
      'div',
      { class: 'empty', role: 'alert' },
      element('p', { class: 'note' }, error.message),
      element('button', { type: 'button', class: 'button', click: firstPage }, 'Try again'),
    )

  let ready = Promise.resolve()
  if (feed.begun) begin()
  else {
    node.append(placeholderWall(16, within))
    ready = firstPage()
  }
  return {
    node,
    ready,
    light(name) {
      lit = name
      wall?.light(name)
    },
  }
}
