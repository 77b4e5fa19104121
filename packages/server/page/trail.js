import { pageUrl, thumbnailUrl } from './api.js'
import { element } from './element.js'

const LENGTH = 8
const place = document.querySelector('.trail')

/** The trail behind a step onto `name`. It lives in the browser's history, so that going back shortens it. */
export function extendTrail(trail, name) {
  const before = trail.indexOf(name)
  return before === -1 ? [...trail, name].slice(-LENGTH) : trail.slice(0, before + 1)
}

/** Shows the images that one came by, the present one last. */
export function showTrail(trail) {
  place.replaceChildren(
    ...trail.map((name, step) => {
      const here = step === trail.length - 1
      const image = element('img', { src: thumbnailUrl(name), alt: '', width: 34, height: 34, decoding: 'async' })
      return element(
        'a',
        {
          href: pageUrl(name),
          'data-name': name,
          'aria-label': `Image ${step + 1}`,
          'aria-current': here ? 'page' : null,
        },
        image,
      )
    }),
  )
}
