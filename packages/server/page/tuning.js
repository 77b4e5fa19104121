import { element } from './element.js'

/** What can be set, with its range and what the server takes when nothing is said. */
const SETTINGS = [
  { name: 'arrangement', label: 'Same scene', most: 3, step: 0.25, usual: 1 },
  { name: 'colors', label: 'Same colours', most: 3, step: 0.25, usual: 1 },
  { name: 'diversity', label: 'Variety', most: 0.5, step: 0.05, usual: 0 },
]

/** How similar images are ranked, for as long as the page is open. */
const chosen = new Map(SETTINGS.map(({ name, usual }) => [name, usual]))

/** As parameters of an address; those that are as usual are left out. */
export function tuningParameters() {
  return new URLSearchParams(
    SETTINGS.flatMap(({ name, usual }) => (chosen.get(name) === usual ? [] : [[name, String(chosen.get(name))]])),
  )
}

/** Sliders for it. `changed` is called when one is let go. */
export function tuningControls(changed) {
  const isUsual = tuningParameters().size === 0
  const sliders = SETTINGS.map(({ name, label, most, step }) =>
    element(
      'label',
      {},
      element('span', {}, label),
      element('input', {
        type: 'range',
        name,
        min: 0,
        max: most,
        step,
        value: chosen.get(name),
        change: ({ target }) => {
          chosen.set(name, Number(target.value))
          changed(name)
        },
      }),
    ),
  )
  return element('details', { class: 'tuning', open: !isUsual }, element('summary', {}, 'Fine-tune'), ...sliders)
}
