let origin

/** The next change of the page begins at this element: it grows into the image that the page is then about. */
export function changeFrom(element) {
  origin = element
}

/** Makes a change to the page, as a movement where the browser can and the reader wants it. */
export async function changePage(change) {
  const from = origin
  origin = undefined
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  if (from?.isConnected !== true || document.startViewTransition === undefined || still) return change()
  // Only one thing may have the name that the image has afterwards.
  document.querySelector('.stage')?.style.setProperty('view-transition-name', 'none')
  from.style.setProperty('view-transition-name', 'subject')
  await document.startViewTransition(change).updateCallbackDone
}
