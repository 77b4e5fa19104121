/**
 * For `node --import`, so that a program that asks for the real model runs without a network: whoever imports
 * `@image-recommender/core/mask-rcnn` gets `demo-mask-rcnn.js` in its place.
 */
import { register } from 'node:module'

const substitute = new URL('demo-mask-rcnn.js', import.meta.url).href
register(
  `data:text/javascript,${encodeURIComponent(`
    export function resolve(specifier, context, next) {
      const asked = specifier === '@image-recommender/core/mask-rcnn' && context.parentURL !== '${substitute}'
      return asked ? { url: '${substitute}', shortCircuit: true } : next(specifier, context)
    }`)}`,
)
