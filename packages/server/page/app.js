import { cameInAddress, readAddress, similarAddress } from './address.js'
import { watchFilling } from './filling.js'
import { keepImages } from './known-images.js'
import { clearMessages, orMessage, showMessage } from './messages.js'
import { getSample, getStatus } from './server/endpoints.js'
import { listenForOpinions } from './taste/opinion-buttons.js'
import { extendTrail, showTrail } from './trail.js'
import { changeFrom } from './transition.js'
import { listenForImages } from './uploads/incoming.js'
import { receiveImages } from './uploads/receive.js'
import { cameInView } from './views/came-in-view.js'
import { failureView } from './views/failure-view.js'
import { findView } from './views/find-view.js'
import { forYouView } from './views/for-you-view.js'
import { similarView } from './views/similar-view.js'
import { startView } from './views/start-view.js'
import { newState, startVisit } from './visit.js'

const views = { start: startView, 'came-in': cameInView, similar: similarView, find: findView, 'for-you': forYouView }
const noSuchPage = ['There is no such page', 'The address may have a slip in it.']
const noSuchImage = [
  'There is no such image',
  'It may have been taken out of the gallery, or the address has a slip in it.',
]

/** With fewer images than that a gallery has only just begun. */
const FEW = 30

let leaving = new AbortController()
let visit
let mostBytes = Number.POSITIVE_INFINITY

/** Goes to an address; the trail begins anew there, unless one is given. */
function go(address, trail = firstStep(address), extra = {}) {
  history.pushState(newState(trail, extra), '', address)
  return show()
}

const firstStep = (address) =>
  readAddress(new URL(address, location)).view === 'start' ? [] : [{ address, label: 'this', thumbnail: null }]

/** One step further on, to an image. */
function goOn(address, thumbnail) {
  return go(address, extendTrail(history.state.trail, { address, label: 'this image', thumbnail }))
}

/** Shows what the address says. Everything of the page before that is still under way is dropped. */
async function show() {
  leaving.abort()
  leaving = new AbortController()
  const { signal } = leaving
  if (history.state?.key === undefined)
    history.replaceState(newState(firstStep(location.pathname + location.search)), '')
  visit = startVisit(signal, go)
  showTrail(history.state.trail)
  for (const link of document.querySelectorAll('.places a')) {
    if (link.pathname === location.pathname) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  clearMessages()
  try {
    if (views[visit.view] === undefined) visit.put(failureView(...noSuchPage))
    else await views[visit.view](visit)
  } catch (error) {
    if (signal.aborted) return
    const missing = ['IMAGE_NOT_FOUND', 'INVALID_ARGUMENT'].includes(error.code) && visit.view !== 'for-you'
    visit.put(missing ? failureView(...noSuchImage) : failureView('That did not work', error.message, show))
    if (error.code === undefined) reportError(error)
  }
}

async function surprise() {
  await orMessage(async () => {
    const { images } = await getSample(2)
    const other = images.find(({ id }) => similarAddress(id) !== location.pathname) ?? images[0]
    if (other === undefined) return showMessage('The gallery is empty so far.')
    keepImages([other])
    await goOn(similarAddress(other.id), other.thumbnail)
  })
}

/** A fragment of its own would be another entry of the history. */
function skip(event) {
  event.preventDefault()
  document.querySelector('main').focus()
}

addEventListener('click', (event) => {
  if (event.target.closest?.('[data-surprise]')) return surprise()
  if (event.target.closest?.('.skip')) return skip(event)
  const link = event.target.closest?.('a[href^="/"]')
  if (link === null || link === undefined || event.button !== 0 || event.defaultPrevented) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  const address = link.getAttribute('href')
  const { trail } = history.state
  if (link.dataset.step !== undefined) return go(address, trail.slice(0, Number(link.dataset.step) + 1))
  if (link.dataset.id === undefined) return go(address)
  const picture = link.querySelector('img')
  changeFrom(picture)
  goOn(address, picture.getAttribute('src'))
})
addEventListener('popstate', show)
addEventListener('online', () => showMessage('The connection is back.', { label: 'Load again', act: show }))
addEventListener('offline', () => showMessage('You are offline: what was loaded stays, the rest has to wait.'))
listenForOpinions()
listenForImages((files) =>
  receiveImages(files, mostBytes, {
    one: (image) => goOn(similarAddress(image.id), image.thumbnail),
    several: (state) => go(cameInAddress([]), undefined, state),
    again: show,
    leave() {
      leaving.abort()
      leaving = new AbortController()
      clearMessages()
      return startVisit(leaving.signal, go)
    },
  }),
)

show()
getStatus().then(
  (status) => {
    mostBytes = status.limits.uploadBytes
    watchFilling(status, () => {
      // The first images of a gallery that is still small, unless somebody is about to type.
      const few = visit.view === 'start' && document.querySelectorAll('.gallery .card').length < FEW
      if (!few || document.activeElement?.matches('input')) return
      visit.forget('feed')
      show()
    })
  },
  () => {},
)
