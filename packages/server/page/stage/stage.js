import { element, withStyle } from '../element.js'
import { description, grouped, percent } from '../words.js'
import { spotlight } from './spotlight.js'

/** Where there are more objects than that, only those that are pointed at have their names written at them. */
const NAMED = 7

/**
 * The image that is asked about, large, with a box around everything that was found, and the list of it. Pointing at one
 * shows the other; a click, or Enter, keeps it so.
 *
 * @param {(name: string | undefined) => void} onLight told which object is lit
 * @returns {{ frame: Node, list: Node, light: (names: string[]) => void }} `light` lights objects from elsewhere, as long as none is pinned
 */
export function stage(image, hues, onLight) {
  const groups = grouped(image.objects)
  const light = spotlight()
  const picture = element('img', {
    src: image.file,
    width: image.width,
    height: image.height,
    alt: description(image.objects),
    fetchpriority: 'high',
  })
  const frame = figure(image.width / image.height, [picture, light.node])
  // What the wall showed already, until the large one has come.
  frame.style.backgroundImage = `url("${image.thumbnail}")`
  const rows = new Map()
  let pinned

  function show(names) {
    for (const [name, { row, boxes }] of rows) {
      const lit = names.includes(name)
      row.classList.toggle('lit', lit)
      for (const box of boxes) box.classList.toggle('lit', lit)
    }
    frame.classList.toggle('pointing', names.length > 0)
    light.on(groups.filter(({ object }) => names.includes(object)).flatMap(({ boxes }) => boxes))
  }
  function point(object) {
    show(object === undefined ? [] : [object])
    onLight(object)
  }
  function pin(object) {
    pinned = pinned === object ? undefined : object
    for (const [name, { row }] of rows) row.setAttribute('aria-pressed', String(name === pinned))
    point(pinned)
  }
  const pointing = (object) => ({
    pointerenter: () => point(object),
    pointerleave: () => point(pinned),
    click: () => pin(object),
  })

  const list = element('ul', { class: 'objects' })
  for (const group of groups) {
    const { object, boxes } = group
    const row = rowOf(group, { ...pointing(object), focus: () => point(object), blur: () => point(pinned) })
    withStyle(row, { '--hue': hues.get(object) })
    const drawn = boxes.map((box, place) => {
      const label = place === 0 && groups.length <= NAMED ? 'box named' : 'box'
      return boxElement(group, box, label, hues.get(object), pointing(object))
    })
    frame.append(...drawn)
    rows.set(object, { row, boxes: drawn })
    list.append(element('li', {}, row))
  }
  return {
    frame,
    list,
    light(names) {
      if (pinned === undefined) show(names)
    },
  }
}

/** A picture in its own proportions, before it has loaded as well as after. */
export function figure(ratio, children) {
  return withStyle(element('figure', { class: 'stage' }, ...children), { '--ratio': ratio })
}

function rowOf({ object, score, count }, listeners) {
  return element(
    'button',
    { type: 'button', class: 'object', 'aria-pressed': 'false', ...listeners },
    element('span', { class: 'dot' }),
    element('span', { class: 'name' }, object, count > 1 ? element('small', {}, ` × ${count}`) : null),
    element('span', { class: 'share' }, percent(score)),
    element('span', { class: 'meter', 'aria-hidden': 'true' }, withStyle(element('i'), { '--share': score })),
  )
}

function boxElement({ object, score }, [x, y, width, height], kind, hue, listeners) {
  const label = element('span', {}, `${object} ${percent(score)}`)
  const box = element('div', { class: y < 0.07 ? `${kind} low` : kind, 'aria-hidden': 'true', ...listeners }, label)
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
