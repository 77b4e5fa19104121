import { findAddress } from '../address.js'
import { element } from '../element.js'
import { conditionsAsWhere, conditionsIn } from '../results/conditions.js'
import { resultsSection } from '../results/results-section.js'
import { rankingOf } from '../results/tuning.js'
import { getCounts, recommend } from '../server/endpoints.js'
import { describeConditions, huesOf, plural } from '../words.js'

/** How many of the most frequent objects stand for "anything", where it is only said what must not be there. */
const TYPICAL = 12

/** Images by what is to be in them, without an image to begin with. */
export async function findView(visit) {
  const title = (conditions) => visit.title(conditions.size === 0 ? 'Find' : describeConditions(conditions))
  const conditions = conditionsIn(visit.parameters)
  title(conditions)
  const results = resultsSection({
    visit,
    heading: (images) => (images === undefined ? 'Images' : plural(images, 'image')),
    settings: ['diversity'],
    first: [],
    hues: (wanted) => huesOf([...wanted.keys()]),
    addressOf: findAddress,
    load: ({ conditions, tuning }, cursor, signal) => find(conditions, tuning, cursor, signal),
    onChange: title,
    empty: ({ conditions, set }) => nothingFound(conditions, set),
    end: 'These are all.',
  })
  visit.put(
    [
      element(
        'section',
        { class: 'intro' },
        element('h1', {}, 'Say what is to be in it'),
        element(
          'p',
          { class: 'lead' },
          'Press a chip once to have it, twice not to have it. The numbers say how many images that leaves.',
        ),
      ),
      results.node,
    ],
    results.begin,
  )
}

async function find(conditions, tuning, cursor, signal) {
  const where = conditionsAsWhere(conditions)
  const wanted = where.objects.all ?? (await typical(conditions, signal))
  if (wanted.length === 0) return { items: [], nextCursor: null }
  return recommend(
    {
      like: [{ objects: Object.fromEntries(wanted.map((name) => [name, 1])) }],
      where,
      ...rankingOf(tuning),
      ...(cursor === null ? {} : { cursor }),
    },
    signal,
  )
}

async function typical(conditions, signal) {
  const parameters = new URLSearchParams([...conditions.keys()].map((name) => ['none', name]))
  return Object.keys((await getCounts(parameters, signal)).objects).slice(0, TYPICAL)
}

function nothingFound(conditions, set) {
  if (conditions.size === 0) return element('p', { class: 'note empty' }, 'The gallery is empty so far.')
  const ways = [...conditions].map(([name, state]) =>
    element(
      'button',
      {
        type: 'button',
        class: 'button',
        click: () => set({ conditions: new Map([...conditions].filter(([other]) => other !== name)) }, { push: true }),
      },
      state === 'with' ? `Without asking for ${name}` : `Allow ${name}`,
    ),
  )
  return element(
    'div',
    { class: 'empty' },
    element('p', { class: 'note' }, `No image is like that: ${describeConditions(conditions)}.`),
    element('div', { class: 'ways' }, ...ways),
  )
}
