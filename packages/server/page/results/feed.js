import { keepImages } from '../known-images.js'

/**
 * Images that come page by page. It is kept while one goes elsewhere, so that going back is instant.
 *
 * @param {(cursor: string | null, signal?: AbortSignal) => Promise<{ items: object[], nextCursor: string | null }>} load
 */
export function createFeed(load) {
  let cursor = null
  let loading
  const feed = {
    items: [],
    /** Whether its first page has come. */
    begun: false,
    /** Whether there is no more. */
    ended: false,
    /** Brings the next page. @returns its new items. Asked again meanwhile, it gives the same. */
    more(signal) {
      loading ??= next(signal).finally(() => {
        loading = undefined
      })
      return loading
    },
  }
  async function next(signal) {
    const page = await load(cursor, signal)
    cursor = page.nextCursor
    feed.begun = true
    feed.ended = cursor === null
    feed.items.push(...page.items)
    keepImages(page.items)
    return page.items
  }
  return feed
}
