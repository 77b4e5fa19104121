import type { Contribution, DescribedImage, NamedObject, Page } from '@image-recommender/core'
import { withoutVersion } from '../images/file-version.ts'
import type { ImageAnswer } from './schemas/image.ts'
import type { PageAnswer } from './schemas/page.ts'

export function imageAnswer({ id, width, height, objects, tags, metadata }: DescribedImage): ImageAnswer {
  const { version, own } = withoutVersion(metadata)
  const place = `/v1/images/${encodeURIComponent(id)}`
  const query = version !== undefined ? `?v=${encodeURIComponent(version)}` : ''
  return {
    id,
    width,
    height,
    objects: objects.map(objectAnswer),
    tags: [...tags],
    metadata: own,
    file: `${place}/file${query}`,
    thumbnail: `${place}/thumbnail${query}`,
  }
}

export function pageAnswer({ items, nextCursor, objects, nothingRecognised }: Page): PageAnswer {
  return {
    items: items.map((item) => ({
      ...imageAnswer(item),
      score: rounded(item.score),
      because: item.because.map((reason) => ({ ...contributionAnswer(reason), from: [...reason.from] })),
      missing: item.missing.map(contributionAnswer),
      extra: item.extra.map(contributionAnswer),
      nearDuplicates: [...item.nearDuplicates],
    })),
    nextCursor: nextCursor ?? null,
    objects: objects.map(objectAnswer),
    nothingRecognised,
  }
}

function objectAnswer({ object, score, box }: NamedObject) {
  return { object, score: rounded(score), box: box === null ? null : box.map(rounded) }
}

function contributionAnswer({ kind, name, contribution }: Contribution) {
  return { kind, name, contribution: rounded(contribution) }
}

/** Five digits are more than anybody can see. */
function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5
}
