import { readAddress } from './address.js'
import { relabelTrail, showTrail } from './trail.js'

const NAME = 'Image Recommender'
/** Of so many history entries what they showed is kept. */
const ENTRIES = 40

// What was shown once is shown again at once, so that going back is instant.
const memories = new Map()
const scrolled = new Map()
const main = document.querySelector('main')
let arrived = false

history.scrollRestoration = 'manual'
addEventListener('scroll', () => scrolled.set(history.state?.key, scrollY), { passive: true })

export const newState = (trail, extra = {}) => ({ key: Math.random(), trail, ...extra })

/**
 * One stay at one address: what a view may ask of the page around it.
 *
 * @param {AbortSignal} signal ends with the stay
 * @param {(address: string, trail?: object[]) => void} go
 */
export function startVisit(signal, go) {
  let fresh = true
  const visit = {
    ...readAddress(location),
    signal,
    go,
    /** Shows these nodes; the first time from where the page was left, or from its top. `fill` is for what must be measured to be filled. */
    put(nodes, fill = () => {}) {
      main.replaceChildren(...nodes)
      fill()
      if (!fresh) return
      fresh = false
      scrollTo(0, scrolled.get(history.state.key) ?? 0)
      // Whoever went on with what is gone now begins at the top of what has come. A page that was just opened has the focus at its own.
      if (arrived && (document.activeElement === document.body || document.activeElement === null)) {
        main.focus({ preventScroll: true })
      }
      arrived = true
    },
    /** Names the page, and the step of the trail. `undefined`: the start. */
    title(text, thumbnail = null) {
      document.title = text === undefined ? NAME : `${text} – ${NAME}`
      if (text === undefined) return
      const trail = relabelTrail(history.state.trail, { label: text, thumbnail })
      history.replaceState({ ...history.state, trail }, '')
      showTrail(trail)
    },
    /** The same view under another address: as a new entry of the history, or in place of this one. */
    move(address, { push }) {
      const trail = relabelTrail(history.state.trail, { address })
      if (push) history.pushState(newState(trail), '', address)
      else history.replaceState({ ...history.state, trail }, '', address)
      memories.delete(history.state.key)
      scrolled.set(history.state.key, scrollY)
      visit.parameters = readAddress(location).parameters
    },
    /** What was made under this name for this entry of the history; made now if there is none. */
    remember(name, make) {
      const { key } = history.state
      const memory = memories.get(key) ?? new Map()
      memories.delete(key)
      memories.set(key, memory)
      if (memories.size > ENTRIES) memories.delete(memories.keys().next().value)
      if (!memory.has(name)) memory.set(name, make())
      return memory.get(name)
    },
    forget(name) {
      memories.get(history.state.key)?.delete(name)
    },
  }
  return visit
}
