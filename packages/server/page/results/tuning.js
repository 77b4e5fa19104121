import { element } from '../element.js'

/** What can be set, with its range and what is taken when nothing is said. */
const SETTINGS = [
  { name: 'objects', label: 'Same objects', least: 0.25, most: 3, step: 0.25, usual: 1 },
  { name: 'arrangement', label: 'Same arrangement', least: 0, most: 3, step: 0.25, usual: 1 },
  { name: 'colors', label: 'Same colours', least: 0, most: 3, step: 0.25, usual: 1 },
  { name: 'diversity', label: 'Variety', least: 0, most: 0.5, step: 0.05, usual: 0 },
]

/** What an address says of it: a `Map` of names to numbers. What is out of range is left as usual. */
export function tuningIn(parameters) {
  return new Map(
    SETTINGS.map(({ name, least, most, usual }) => {
      const value = Number(parameters.get(name) ?? Number.NaN)
      return [name, value >= least && value <= most ? value : usual]
    }),
  )
}

/** As parameters of the page's address; those that are as usual are left out. */
export function tuningParameters(tuning) {
  return SETTINGS.flatMap(({ name, usual }) => (tuning.get(name) === usual ? [] : [[name, String(tuning.get(name))]]))
}

/**
 * As the server takes it, what is as usual left out: `{ weights?, diversity? }`. There objects count 1 and all else beside them, so what they
 * are to count more divides the others.
 */
export function rankingOf(tuning) {
  const weights = {}
  for (const name of ['arrangement', 'colors']) {
    const weight = tuning.get(name) / tuning.get('objects')
    if (weight !== 1) weights[name] = Math.min(10, Math.round(weight * 1000) / 1000)
  }
  const diversity = tuning.get('diversity')
  return { ...(Object.keys(weights).length > 0 ? { weights } : {}), ...(diversity > 0 ? { diversity } : {}) }
}

/** Sliders for it, of the names given. `changed` is called with all settings when one is let go. */
export function tuningControls(tuning, names, changed) {
  let now = tuning
  const shown = SETTINGS.filter(({ name }) => names.includes(name))
  const isUsual = () => shown.every(({ name, usual }) => now.get(name) === usual)
  const set = (next) => {
    now = next
    tell()
    changed(now)
  }
  const inputs = shown.map(({ name, least, most, step }) =>
    element('input', {
      type: 'range',
      name,
      min: least,
      max: most,
      step,
      value: now.get(name),
      change: ({ target }) => set(new Map(now).set(name, Number(target.value))),
    }),
  )
  const sliders = shown.map(({ label }, place) => element('label', {}, element('span', {}, label), inputs[place]))
  const reset = element('button', { type: 'button', class: 'quiet', click: asUsual }, 'As usual')
  const summary = element('summary', {})
  const tell = () => {
    reset.hidden = isUsual()
    summary.textContent = isUsual() ? 'What counts' : 'What counts: changed'
  }
  tell()

  function asUsual() {
    shown.forEach(({ usual }, place) => {
      inputs[place].value = usual
    })
    inputs[0].focus()
    set(new Map(SETTINGS.map(({ name, usual }) => [name, usual])))
  }
  const details = element(
    'details',
    { class: 'tuning', keydown: close },
    summary,
    element('div', {}, ...sliders, reset),
  )

  function close({ key }) {
    if (key !== 'Escape' || !details.open) return
    details.open = false
    summary.focus()
  }
  return details
}
