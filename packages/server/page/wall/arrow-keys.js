/** Moves over a wall with the arrow keys, Home and End. A listener of `keydown`. */
export function moveByArrows(event) {
  const { key, currentTarget: list, target } = event
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !target.matches('.picture')) return
  const links = [...list.querySelectorAll('.card:not([hidden]) > .picture')]
  const next = { ArrowLeft: before, ArrowRight: after, ArrowUp: above, ArrowDown: below, Home: first, End: last }[key]
  const found = next?.(links, links.indexOf(target))
  if (found === undefined) return
  event.preventDefault()
  found.focus()
  found.scrollIntoView({ block: 'nearest' })
}

const before = (links, place) => links[place - 1]
const after = (links, place) => links[place + 1]
const first = (links) => links[0]
const last = (links) => links.at(-1)
const above = (links, place) => inNextRow(links.slice(0, place).reverse(), links[place])
const below = (links, place) => inNextRow(links.slice(place + 1), links[place])

/** Of the next row the one whose middle is nearest. */
function inNextRow(links, from) {
  const here = from.getBoundingClientRect()
  const middle = (box) => box.left + box.width / 2
  let row
  let nearest
  for (const link of links) {
    const box = link.getBoundingClientRect()
    if (Math.abs(box.top - here.top) < 2) continue
    row ??= box.top
    if (Math.abs(box.top - row) > 2) break
    const away = Math.abs(middle(box) - middle(here))
    if (nearest === undefined || away < nearest.away) nearest = { link, away }
  }
  return nearest?.link
}
