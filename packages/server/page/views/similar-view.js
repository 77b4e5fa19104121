import { similarAddress } from '../address.js'
import { element } from '../element.js'
import { keepImages, knownImage } from '../known-images.js'
import { conditionParameters } from '../results/conditions.js'
import { resultsSection } from '../results/results-section.js'
import { rankingOf } from '../results/tuning.js'
import { getImage, getSimilar } from '../server/endpoints.js'
import { stage } from '../stage/stage.js'
import { showWaiting } from '../stage/waiting.js'
import { opinionButtons } from '../taste/opinion-buttons.js'
import { changePage } from '../transition.js'
import { sharedNames } from '../wall/wall.js'
import { description, grouped, huesOfImage } from '../words.js'

/** An image, what is in it, and images like it. */
export async function similarView(visit) {
  const { id, signal } = visit
  if (knownImage(id) === undefined) {
    showWaiting(visit, null, 1.25)
    keepImages([await getImage(id, signal)])
    if (signal.aborted) return
  }
  const image = knownImage(id)
  visit.title(description(image.objects), image.thumbnail)
  await changePage(() => (image.objects.length === 0 ? visit.put(nothingSeen(image)) : showSeen(visit, image)))
}

function showSeen(visit, image) {
  const hues = huesOfImage(image)
  let results
  const { frame, list, light } = stage(image, hues, (name) => results?.light(name))
  results = resultsSection({
    visit,
    heading: () => 'Similar images',
    settings: ['objects', 'arrangement', 'colors', 'diversity'],
    first: grouped(image.objects).map(({ object }) => object),
    hues: () => hues,
    addressOf: (parameters) => similarAddress(image.id, parameters),
    load: ({ conditions, tuning }, cursor, signal) => loadSimilar(image.id, conditions, tuning, cursor, signal),
    onPoint: (other) => light(other === undefined ? [] : sharedNames(other)),
    empty: ({ conditions, set }) => nothingFound(conditions, set),
    end: 'That is every image that has something of this in it.',
  })
  const aside = element(
    'div',
    { class: 'seen' },
    element('h1', {}, 'What it sees'),
    list,
    opinionButtons(image, { words: true }),
  )
  const query = element('section', { class: 'query' }, frame, aside)
  visit.put([element('div', { class: 'beside' }, query, results.node)], results.begin)
}

async function loadSimilar(id, conditions, tuning, cursor, signal) {
  const { weights, ...ranking } = rankingOf(tuning)
  const parameters = new URLSearchParams([
    ...Object.entries({ ...weights, ...ranking }),
    ...conditionParameters(conditions),
  ])
  const page = await getSimilar(id, parameters, cursor, signal)
  // Images that have nothing in common with the query are no finds: where they begin, the list ends.
  const items = page.items.filter(({ score }) => score > 0)
  return { ...page, items, nextCursor: items.length < page.items.length ? null : page.nextCursor }
}

function nothingFound(conditions, set) {
  if (conditions.size === 0) {
    return element('p', { class: 'note empty' }, 'No other image has any of these things in it, so far.')
  }
  return element(
    'div',
    { class: 'empty' },
    element('p', { class: 'note' }, 'No similar image meets all of these conditions.'),
    element(
      'button',
      { type: 'button', class: 'button', click: () => set({ conditions: new Map() }, { push: true }) },
      'Drop the conditions',
    ),
  )
}

function nothingSeen(image) {
  const { frame } = stage(image, new Map(), () => {})
  const aside = element(
    'div',
    { class: 'seen' },
    element('h1', {}, 'Nothing it knows'),
    element(
      'p',
      { class: 'note' },
      'Nothing was recognised in this image, so there is nothing to go by. Try one with people, animals, vehicles, food or furniture in it.',
    ),
    element(
      'p',
      { class: 'ways' },
      element('a', { class: 'button', href: '/' }, 'To the start'),
      element('a', { class: 'button', href: '/find' }, 'Find by objects'),
    ),
  )
  return [element('section', { class: 'query' }, frame, aside)]
}
