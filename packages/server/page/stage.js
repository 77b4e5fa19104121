import { imageUrl } from './api.js'
import { element, svgElement, withStyle } from './element.js'
import { description, grouped, percent } from './words.js'

/**
 * The image that is asked about, large, with a box around everything that was found, and the list of it. Pointing at one
 * shows the other; a click, or Enter, keeps it so.
 */
export function stage(image, hues) {
  const groups = grouped(image.objects)
  const light = spotlight()
  const frame = figure(image.width / image.height, [
    element('img', {
      src: imageUrl(image.name),
      width: image.width,
      height: image.height,
      alt: description(image.objects),
      fetchpriority: 'high',
    }),
    light.node,
  ])
  const rows = new Map()
  let pinned

  function show(object) {
    for (const [name, { row, boxes }] of rows) {
      row.classList.toggle('lit', name === object)
      for (const box of boxes) box.classList.toggle('lit', name === object)
    }
    frame.classList.toggle('pointing', object !== undefined)
    light.on(groups.find((group) => group.object === object)?.boxes ?? [])
  }
  function pin(object) {
    pinned = pinned === object ? undefined : object
    for (const [name, { row }] of rows) row.setAttribute('aria-pressed', String(name === pinned))
    show(pinned)
  }
  const pointing = (object) => ({
    pointerenter: () => show(object),
    pointerleave: () => show(pinned),
    click: () => pin(object),
  })

  const list = element('ul', { class: 'objects' })
  for (const { object, score, count, boxes } of groups) {
    const row = element(
      'button',
      {
        type: 'button',
        class: 'object',
        'aria-pressed': 'false',
        ...pointing(object),
        focus: () => show(object),
        blur: () => show(pinned),
      },
      element('span', { class: 'dot' }),
      element('span', { class: 'name' }, object, count > 1 ? element('small', {}, ` × ${count}`) : null),
      element('span', { class: 'share' }, percent(score)),
      element('span', { class: 'meter', 'aria-hidden': 'true' }, withStyle(element('i'), { '--share': score })),
    )
    withStyle(row, { '--hue': hues.get(object) })
    const drawn = boxes.map((box) => boxElement(object, box, hues.get(object), pointing(object)))
    frame.append(...drawn)
    rows.set(object, { row, boxes: drawn })
    list.append(element('li', {}, row))
  }
  return { frame, list }
}

/** A picture in its own proportions, before it has loaded as well as after. */
export function figure(ratio, children) {
  return withStyle(element('figure', { class: 'stage' }, ...children), { '--ratio': ratio })
}

function boxElement(object, [x, y, width, height], hue, listeners) {
  const label = element('span', {}, object)
  const box = element('div', { class: y < 0.07 ? 'box low' : 'box', 'aria-hidden': 'true', ...listeners }, label)
  const share = (value) => `${value * 100}%`
  return withStyle(box, {
    left: share(x),
    top: share(y),
    width: share(width),
    height: share(height),
    '--hue': hue,
    // Small boxes lie above large ones, or one could not point at them.
    'z-index': 1000 - Math.round(width * height * 900),
  })
}

/** Darkens everything but the given boxes. */
function spotlight() {
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
