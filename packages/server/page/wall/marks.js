import { svgElement, withStyle } from '../element.js'

/**
 * Draws the boxes of some objects over a picture. In pixels of the image and cut like the picture, so that they fit where it is cropped.
 *
 * @param {Iterable<string>} names
 */
export function mark(card, image, names, hues) {
  clearMarks(card)
  const wanted = new Set(names)
  const boxes = image.objects.filter(({ object, box }) => wanted.has(object) && box !== null)
  if (boxes.length === 0) return
  const { width, height } = image
  const drawn = boxes.map(({ object, box: [x, y, w, h] }) =>
    withStyle(svgElement('rect', { x: x * width, y: y * height, width: w * width, height: h * height }), {
      '--hue': hues.get(object) ?? 60,
    }),
  )
  const frame = {
    class: 'marks',
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'xMidYMid slice',
    'aria-hidden': 'true',
  }
  card.querySelector('.picture').append(svgElement('svg', frame, ...drawn))
}

export function clearMarks(card) {
  card.querySelector('.marks')?.remove()
}
