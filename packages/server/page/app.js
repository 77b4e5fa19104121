import { ApiError, getImage, getSample, getSimilar, getStatus, pageUrl, thumbnailUrl, upload } from './api.js'
import { element } from './element.js'
import { watchFilling } from './filling.js'
import { listenForImages } from './incoming.js'
import { announce, clearMessages, showMessage } from './messages.js'
import { failureView, resultView, waitingView } from './result-view.js'
import { startView } from './start-view.js'
import { extendTrail, showTrail } from './trail.js'
import { changeFrom, changePage } from './transition.js'
import { tuningParameters } from './tuning.js'
import { description } from './words.js'

const main = document.querySelector('main')
const SAMPLE = 30

// What was shown once is shown again at once, so that going back is instant.
const images = new Map()
const results = new Map()
const scrolled = new Map()
let sample
let maxUploadBytes = Number.POSITIVE_INFINITY
let leaving = new AbortController()

history.scrollRestoration = 'manual'

/** What the address asks for: the name of an image, or `undefined` for the start page. */
function nameInAddress() {
  const [, name] = /^\/predict_similar\/([^/]+)$/.exec(location.pathname) ?? []
  return name === undefined ? undefined : decodeURIComponent(name)
}

function go(address, trail) {
  history.pushState({ key: Math.random(), trail }, '', address)
  show()
}

const goTo = (name) => go(pageUrl(name), extendTrail(history.state?.trail ?? [], name))

/** Shows what the address says. Everything of the page before that is still under way is dropped. */
async function show() {
  leaving.abort()
  leaving = new AbortController()
  const { signal } = leaving
  const name = nameInAddress()
  if (history.state?.key === undefined) {
    history.replaceState({ key: Math.random(), trail: name === undefined ? [] : [name] }, '')
  }
  showTrail(history.state.trail)
  clearMessages()
  try {
    await (name === undefined ? showStart(signal) : showImage(name, signal))
  } catch (error) {
    if (signal.aborted) return
    showTrail([])
    if (error instanceof ApiError && ['IMAGE_NOT_FOUND', 'INVALID_ARGUMENT'].includes(error.code)) {
      put(
        failureView(
          'There is no such image',
          'It may have been taken out of the gallery, or the address has a slip in it.',
        ),
      )
    } else {
      put(failureView('That did not work', error.message))
    }
    document.title = 'Image Recommender'
  }
}

async function showStart(signal) {
  document.title = 'Image Recommender'
  put(startView(sample, shuffle), { fresh: true })
  if (sample === undefined || sample.length < SAMPLE) {
    const { images: drawn } = await getSample(SAMPLE)
    if (signal.aborted) return
    keepSample(drawn)
    put(startView(sample, shuffle))
  }
}

async function shuffle() {
  await orMessage(async () => {
    keepSample((await getSample(SAMPLE)).images)
    if (nameInAddress() === undefined) main.querySelector('.gallery').replaceWith(startView(sample, shuffle)[1])
    announce('Other images are shown.')
  })
}

async function showImage(name, signal) {
  if (!images.has(name)) {
    put(waitingView(null, 1.25), { fresh: true })
    images.set(name, await getImage(name, signal))
    if (signal.aborted) return
  }
  const image = images.get(name)
  document.title = `${description(image.objects)} – Image Recommender`
  const known = results.get(resultsKey(name))
  const view = resultView(image, known, actionsFor(name))
  // What the list showed already, until the large one has come.
  view[0].querySelector('.stage').style.backgroundImage = `url("${thumbnailUrl(name)}")`
  await changePage(() => put(view, { fresh: true }))
  if (signal.aborted) return
  if (known === undefined && image.objects.length > 0) {
    await loadSimilar(name, signal)
    if (signal.aborted) return
    main.querySelector('.similar').replaceWith(resultView(image, results.get(resultsKey(name)), actionsFor(name))[1])
  }
  announce(`${description(image.objects)}. ${results.get(resultsKey(name))?.items.length ?? 0} similar images.`)
}

const resultsKey = (name) => `${name}?${tuningParameters()}`

function actionsFor(name) {
  return { more: () => more(name), retune: (setting) => retune(name, setting) }
}

async function loadSimilar(name, signal) {
  const key = resultsKey(name)
  if (!results.has(key)) results.set(key, keepPage(await getSimilar(name, tuningParameters(), null, signal)))
}

/** Similar images in another order, while all else stays as it is. */
async function retune(name, setting) {
  const { signal } = leaving
  await orMessage(async () => {
    await loadSimilar(name, signal)
    if (signal.aborted) return
    const found = results.get(resultsKey(name))
    main.querySelector('.similar').replaceWith(resultView(images.get(name), found, actionsFor(name))[1])
    main.querySelector('.tuning').open = true
    main.querySelector(`.tuning [name=${setting}]`).focus()
    announce(`${found.items.length} similar images.`)
  })
}

/** The next page of what is similar to `name`; `undefined` where it did not come. */
async function more(name) {
  return orMessage(async () => {
    const key = resultsKey(name)
    const known = results.get(key)
    const page = keepPage(await getSimilar(name, tuningParameters(), known.nextCursor))
    results.set(key, { ...page, items: [...known.items, ...page.items] })
    announce(`${page.items.length} more images.`)
    return page
  })
}

/** Images that have nothing in common with the query are no finds: where they begin, the list ends. */
function keepPage(page) {
  const items = page.items.filter(({ score }) => score > 0)
  for (const item of items) keepImage(item)
  return { ...page, items, nextCursor: items.length < page.items.length ? null : page.nextCursor }
}

function keepImage({ name, width, height, objects }) {
  images.set(name, { name, width, height, objects })
}

function keepSample(drawn) {
  sample = drawn
  for (const image of drawn) keepImage(image)
}

/** Puts a view onto the page; a `fresh` one begins where it was left, or at its top. */
function put(view, { fresh = false } = {}) {
  main.replaceChildren(...view)
  if (!fresh) return
  scrollTo(0, scrolled.get(history.state.key) ?? 0)
  if (document.activeElement === document.body || document.activeElement === null) main.focus({ preventScroll: true })
}

async function surprise() {
  await orMessage(async () => {
    const { images: drawn } = await getSample(2)
    const other = drawn.find(({ name }) => name !== nameInAddress()) ?? drawn[0]
    if (other === undefined) return showMessage('The gallery is empty so far.')
    keepImage(other)
    goTo(other.name)
  })
}

async function receive([file, ...others]) {
  if (file.size > maxUploadBytes) {
    return showMessage(`That file is too large: ${Math.floor(maxUploadBytes / 1024 / 1024)} MiB is the most.`)
  }
  leaving.abort()
  leaving = new AbortController()
  const { signal } = leaving
  clearMessages()
  const preview = await previewOf(file)
  put(waitingView(preview.picture, preview.ratio))
  scrollTo(0, 0)
  announce('Looking at the image.')
  try {
    const name = await upload(file, signal)
    if (signal.aborted) return
    goTo(name)
    if (others.length > 0) showMessage('One at a time: this is the first of them.')
  } catch (error) {
    if (signal.aborted) return
    await show()
    showMessage(error.message)
  } finally {
    preview.release()
  }
}

/** What the browser makes of a file. Whether it is an image, the server decides. */
async function previewOf(file) {
  const address = URL.createObjectURL(file)
  const release = () => URL.revokeObjectURL(address)
  const picture = element('img', { src: address, alt: 'Your image' })
  try {
    await picture.decode()
    return { picture, ratio: picture.naturalWidth / picture.naturalHeight, release }
  } catch {
    return { picture: null, ratio: 1.25, release }
  }
}

async function orMessage(work) {
  try {
    return await work()
  } catch (error) {
    showMessage(error.message)
    return undefined
  }
}

addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="/"]')
  if (link === null || link === undefined || event.button !== 0 || event.defaultPrevented) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  const address = link.getAttribute('href')
  if (address === '/predict_random_image') surprise()
  else if (link.dataset.name !== undefined) {
    changeFrom(link.querySelector('img'))
    goTo(link.dataset.name)
  } else go(address, [])
})
addEventListener('popstate', show)
addEventListener('scroll', () => scrolled.set(history.state?.key, scrollY), { passive: true })
listenForImages(receive)

show()
getStatus().then(
  (status) => {
    maxUploadBytes = status.maxUploadBytes
    watchFilling(status, () => {
      if (nameInAddress() === undefined && (sample?.length ?? 0) < SAMPLE) show()
    })
  },
  () => {},
)
