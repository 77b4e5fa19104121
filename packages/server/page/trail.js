import { element } from './element.js'

const LENGTH = 8
const place = document.querySelector('.trail')

/**
 * The trail behind a step: `{ address, label, thumbnail }`. It lives in the browser's history, so that going back shortens it.
 * Stepping onto what is in it already goes back to there.
 */
export function extendTrail(trail, step) {
  const before = trail.findIndex(({ address }) => pathOf(address) === pathOf(step.address))
  return before === -1 ? [...trail, step].slice(-LENGTH) : [...trail.slice(0, before), step]
}

/** The same trail, with other words for where one is. */
export const relabelTrail = (trail, step) => [...trail.slice(0, -1), { ...trail.at(-1), ...step }]

/** Shows where one came by, the present one last. */
export function showTrail(trail) {
  if (trail.length < 2) return place.replaceChildren()
  place.replaceChildren(
    ...trail.map(({ address, label, thumbnail }, step) => {
      const here = step === trail.length - 1
      const picture = thumbnail && element('img', { src: thumbnail, alt: '', width: 34, height: 34, decoding: 'async' })
      return element(
        'a',
        {
          class: thumbnail ? 'step' : 'step in-words',
          href: address,
          'data-step': step,
          'aria-label': here ? `Here: ${label}` : `Back to ${label}`,
          'aria-current': here ? 'page' : null,
          title: label,
        },
        picture || label,
      )
    }),
  )
}

const pathOf = (address) => address.split('?')[0]
