import { element } from '../element.js'
import { getNames } from '../server/endpoints.js'

const MOST = 8
let made = 0

/**
 * A box to type an object's name into, with suggestions. A "-" or "not" before it means that it must not be there.
 *
 * @param {{ label: string, choose: (name: string, state: 'with' | 'without') => void }} options
 */
export function objectSearch({ label, choose }) {
  made += 1
  const id = `names-${made}`
  const input = element('input', {
    type: 'text',
    role: 'combobox',
    'aria-label': label,
    'aria-expanded': 'false',
    'aria-controls': id,
    'aria-autocomplete': 'list',
    placeholder: label,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    enterkeyhint: 'search',
  })
  const list = element('ul', { role: 'listbox', id, 'aria-label': 'Objects', hidden: true })
  const trouble = element('p', { class: 'trouble', role: 'status', hidden: true })
  let active = -1

  async function suggest() {
    const { text, state } = asked(input.value)
    const names = await getNames().catch(() => [])
    if (asked(input.value).text !== text || document.activeElement !== input) return
    const found = text === '' ? [] : matching(names, text).slice(0, MOST)
    active = found.length > 0 ? 0 : -1
    list.replaceChildren(
      ...found.map((name, place) =>
        element(
          'li',
          { role: 'option', id: `${id}-${place}`, 'aria-selected': 'false', 'data-name': name },
          state === 'without' ? `no ${name}` : name,
        ),
      ),
    )
    open(found.length > 0)
    trouble.hidden = text === '' || found.length > 0
    trouble.textContent = trouble.hidden ? '' : `It knows no “${text}”.`
  }

  function open(visible) {
    list.hidden = !visible
    input.setAttribute('aria-expanded', String(visible))
    for (const [place, option] of [...list.children].entries()) {
      option.setAttribute('aria-selected', String(place === active))
    }
    if (visible && active >= 0) input.setAttribute('aria-activedescendant', `${id}-${active}`)
    else input.removeAttribute('aria-activedescendant')
  }

  function take(name) {
    const { state } = asked(input.value)
    input.value = ''
    open(false)
    choose(name, state)
  }

  input.addEventListener('input', suggest)
  input.addEventListener('focus', () => {
    // So that they are there by the time that something has been typed.
    getNames().catch(() => {})
  })
  input.addEventListener('blur', () => {
    open(false)
    trouble.hidden = true
  })
  input.addEventListener('keydown', (event) => {
    const count = list.hidden ? 0 : list.children.length
    if (event.key === 'Escape') {
      if (list.hidden) input.value = ''
      open(false)
    } else if (event.key === 'Enter' && count > 0) {
      event.preventDefault()
      take(list.children[active].dataset.name)
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count > 0) {
      event.preventDefault()
      active = (active + (event.key === 'ArrowDown' ? 1 : count - 1)) % count
      open(true)
    }
  })
  // Before the box loses the focus, by which the list would close.
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', ({ target }) => {
    const option = target.closest('[data-name]')
    if (option !== null) take(option.dataset.name)
  })
  return element('div', { class: 'object-search' }, input, list, trouble)
}

function asked(value) {
  const [, sign, text] = /^\s*(-\s*|no\s+|not\s+|without\s+)?(.*?)\s*$/i.exec(value)
  return { text: text.toLowerCase(), state: sign === undefined ? 'with' : 'without' }
}

/** Those that begin so before those that have it in them. */
function matching(names, text) {
  const has = names.filter((name) => name.toLowerCase().includes(text))
  const begins = (name) => name.toLowerCase().startsWith(text)
  return [...has.filter(begins), ...has.filter((name) => !begins(name))]
}
