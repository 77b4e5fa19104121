import { svgElement } from '../element.js'

/** Darkens a picture but for the given boxes. */
export function spotlight() {
  const holes = svgElement('g', { fill: 'black' })
  const everything = { width: 1, height: 1 }
  const mask = svgElement('mask', { id: 'spotlight' }, svgElement('rect', { ...everything, fill: 'white' }), holes)
  const node = svgElement(
    'svg',
    { class: 'spotlight', viewBox: '0 0 1 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    mask,
    svgElement('rect', { ...everything, mask: 'url(#spotlight)' }),
  )
  return {
    node,
    on(boxes) {
      node.classList.toggle('on', boxes.length > 0)
      // Nothing is taken away while the light goes out, or it would flash.
      if (boxes.length > 0) {
        holes.replaceChildren(...boxes.map(([x, y, width, height]) => svgElement('rect', { x, y, width, height })))
      }
    },
  }
}
