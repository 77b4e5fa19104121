import type { ImageRecord } from '@image-recommender/core'
import { sampleRecord } from '@image-recommender/core/testing'

export { changesSoFar as soFar, sampleRecord as record } from '@image-recommender/core/testing'

export function records(count: number, prefix = 'image'): ImageRecord[] {
  return Array.from({ length: count }, (_, at) => sampleRecord(`${prefix}-${String(at).padStart(6, '0')}`))
}

export function idsOf(items: readonly ({ readonly id: string } | undefined)[]): (string | undefined)[] {
  return items.map((item) => item?.id)
}

export function turn(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** What a feed says next, empty batches aside. */
export async function nextIds(feed: AsyncIterator<readonly { readonly id: string }[]>): Promise<string[]> {
  while (true) {
    const { value } = await feed.next()
    if (value.length > 0) return idsOf(value) as string[]
  }
}
