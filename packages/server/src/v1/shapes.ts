import type { DescribedImage, NamedObject, Page } from '@image-recommender/core'

/** An image as the page's API gives it. */
export interface ImageShape {
  readonly name: string
  /** Pixels, as shown. */
  readonly width: number
  readonly height: number
  readonly objects: readonly ObjectShape[]
}

export interface ObjectShape {
  readonly object: string
  readonly score: number
  /** x, y, width and height as shares of the image; `null`: unknown. */
  readonly box: readonly number[] | null
}

export interface ReasonShape {
  readonly kind: 'object' | 'tag' | 'facet'
  readonly name: string
  readonly contribution: number
}

export interface PageShape {
  readonly items: readonly (ImageShape & {
    readonly score: number
    readonly because: readonly ReasonShape[]
  })[]
  readonly nextCursor: string | null
  readonly nothingRecognised: boolean
}

export function imageShape({ id, width, height, objects }: DescribedImage): ImageShape {
  return { name: id, width, height, objects: objects.map(objectShape) }
}

export function pageShape({ items, nextCursor, nothingRecognised }: Page): PageShape {
  return {
    items: items.map((item) => ({
      ...imageShape(item),
      score: rounded(item.score),
      because: item.because.map(({ kind, name, contribution }) => ({
        kind,
        name,
        contribution: rounded(contribution),
      })),
    })),
    nextCursor: nextCursor ?? null,
    nothingRecognised,
  }
}

/** The best score of each object, the best first. */
export function probabilities(objects: readonly NamedObject[]): Record<string, number> {
  const best = new Map<string, number>()
  for (const { object, score } of objects) best.set(object, Math.max(score, best.get(object) ?? 0))
  return Object.fromEntries([...best].sort(([, a], [, b]) => b - a))
}

function objectShape({ object, score, box }: NamedObject): ObjectShape {
  return { object, score: rounded(score), box: box === null ? null : box.map(rounded) }
}

/** Five digits are more than a page can show. */
function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5
}
