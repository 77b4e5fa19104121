import type { ImageRecord, ImageStore } from '@image-recommender/core'
import { soFar } from './records.ts'

/** Follows a store's feed as an index does: reads what the feed names, and keeps the tags. */
export class Mirror {
  readonly tags = new Map<string, string>()
  readonly #store: ImageStore
  #position: string | undefined

  constructor(store: ImageStore) {
    this.#store = store
  }

  sorted(): Map<string, string> {
    return new Map([...this.tags].sort())
  }

  async catchUp(): Promise<void> {
    for (const { id, position } of await soFar(this.#store, this.#position)) {
      const [now] = await this.#store.get([id])
      if (now) this.tags.set(id, now.tags.join())
      else this.tags.delete(id)
      this.#position = position
    }
  }
}

/** Everything that a store says of itself, which must be of one mind. */
export async function contentOf(store: ImageStore): Promise<Map<string, string>> {
  const scanned = new Map<string, string>()
  for await (const { id, tags } of store.scan()) scanned.set(id, tags.join())
  const ids = [...scanned.keys()]
  const found = (await store.get(ids)) as ImageRecord[]
  const named = new Set((await soFar(store)).map(({ id }) => id))
  const faults = [
    (await store.count()) === ids.length ? '' : `count ${await store.count()}, scanned ${ids.length}`,
    ...found.map((record, at) =>
      record?.tags.join() === scanned.get(ids[at]!) ? '' : `get and scan differ on ${ids[at]}`,
    ),
    ...ids.map((id) => (named.has(id) ? '' : `the feed does not name ${id}`)),
  ]
  const fault = faults.find((it) => it !== '')
  if (fault) throw new Error(fault)
  return scanned
}
