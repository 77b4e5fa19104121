import { setTimeout as sleep } from 'node:timers/promises'

/** The built `@image-recommender/core/exact-index`. While it is being built its files are missing for a moment; that is waited for. */
export async function exactIndexEntry() {
  for (let attempt = 1; ; attempt++) {
    try {
      // An import that failed is remembered as failed, unless its address is another one.
      return await import(`../../packages/core/dist/exact-index.js?attempt=${attempt}`)
    } catch (cause) {
      if (attempt === 5) throw new Error('packages/core is not built: npm run build', { cause })
      await sleep(2000)
    }
  }
}
