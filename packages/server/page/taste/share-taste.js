import { forYouAddress } from '../address.js'
import { showMessage } from '../messages.js'
import { sourceParameters } from './taste-source.js'

/** Hands out a link that carries the likes themselves: they are nowhere but in this browser. */
export async function shareTaste(source) {
  const url = new URL(forYouAddress(new URLSearchParams(sourceParameters(source))), location.href).href
  try {
    if (matchMedia('(pointer: coarse)').matches && navigator.share !== undefined) return await navigator.share({ url })
    await navigator.clipboard.writeText(url)
    showMessage('The link is copied. It carries your likes with it.')
  } catch (error) {
    // Whoever closes the phone's menu means it.
    if (error.name !== 'AbortError') showMessage(`This is the link: ${url}`)
  }
}
