import type { DescribedImage, Page } from '@image-recommender/core'
import { expect } from 'vitest'

/** Five digits are told. */
const near = (value: number) => expect.closeTo(value, 4)

/** An image as the API tells of it. */
export function toldImage({ id, width, height, objects, tags, metadata }: DescribedImage) {
  const { 'image-recommender:file': _, ...own } = metadata
  return {
    id,
    width,
    height,
    objects: objects.map(toldObject),
    tags,
    metadata: own,
    file: expect.stringMatching(`^/v1/images/${id}/file(\\?v=|$)`),
    thumbnail: expect.stringMatching(`^/v1/images/${id}/thumbnail(\\?v=|$)`),
  }
}

/** A page of the recommender as the API tells of it. */
export function toldPage({ items, nextCursor, objects, nothingRecognised }: Page) {
  return {
    items: items.map((item) => ({
      ...toldImage(item),
      score: near(item.score),
      because: item.because.map(({ kind, name, contribution, from }) => ({
        kind,
        name,
        contribution: near(contribution),
        from,
      })),
      missing: item.missing.map(({ kind, name, contribution }) => ({ kind, name, contribution: near(contribution) })),
      extra: item.extra.map(({ kind, name, contribution }) => ({ kind, name, contribution: near(contribution) })),
      nearDuplicates: item.nearDuplicates,
    })),
    // It knows what it was asked for, so that those of equal questions may differ.
    nextCursor: nextCursor === undefined ? null : expect.any(String),
    objects: objects.map(toldObject),
    nothingRecognised,
  }
}

function toldObject({ object, score, box }: Page['objects'][number]) {
  return { object, score: near(score), box: box === null ? null : box.map(near) }
}
