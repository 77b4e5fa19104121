/** For `node --import`: whoever asks for the extractor's entry gets one whose models are all the demo's. */
import { register } from 'node:module'

const substitute = new URL('demo-mask-rcnn.js', import.meta.url).href
register(
  `data:text/javascript,${encodeURIComponent(`
    export function resolve(specifier, context, next) {
      const asked = specifier === '@image-recommender/core/mask-rcnn' && context.parentURL !== '${substitute}'
      return asked ? { url: '${substitute}', shortCircuit: true } : next(specifier, context)
    }`)}`,
)
