import { z } from 'zod'
import type { FeatureSpace } from '../../feature-extractor.ts'
import type { ImageRecord } from '../../image-store.ts'
import { hashWords } from '../../near-duplicates/hamming.ts'
import { presentObjects } from '../../object-vector.ts'
import type { Picture, Ranking } from '../../ranking/ranking.ts'
import { type ScoredPicture, Variety, type VarietyOptions } from '../../ranking/variety.ts'
import { bestFirst, byRank } from './best-first.ts'
import { byDistance, type Candidate, type CandidateSource, placeOf, type WindowEnds } from './candidate-source.ts'
import { type Place, placeSchema } from './cursor.ts'
import { embeddingOf } from './embedding-index.ts'
import type { MatchedRecords } from './matched-records.ts'
import { ShownIds } from './shown-ids.ts'

const ends = z.array(placeSchema.nullable()).readonly()
export const pageEndSchema = z.union([
  // Among the candidates in the windows, in the order of their scores.
  z.strictObject({ ends, last: placeSchema.extend({ score: z.number() }) }),
  // Among them, chosen to be various.
  z.strictObject({ ends, shown: z.base64() }),
  // Behind the window of one of the searches, in the order of distance, of which only what is more relevant than `least` is shown.
  z.strictObject({ ends, search: z.int().min(0), after: placeSchema, least: z.number() }),
])
/** Where a page has ended. */
export type PageEnd = z.infer<typeof pageEndSchema>
type EndBehind = Extract<PageEnd, { readonly after: unknown }>

/** An image with its score. */
export interface RankedMatch extends Place {
  readonly record: ImageRecord
  readonly picture: Picture
  readonly score: number
  /** The score that it would have if it looked the same. */
  readonly relevance: number
}

type VariedMatch = RankedMatch & ScoredPicture

export interface RankedEntry {
  readonly image: RankedMatch
  /** Those that are left out for it. */
  readonly nearDuplicates: readonly RankedMatch[]
  /** Where a page ends whose last image this is. */
  readonly end: () => PageEnd
}

export interface RankedOrderParts {
  readonly space: Pick<FeatureSpace, 'threshold'>
  readonly embeddingSpaceId: string | undefined
  readonly source: CandidateSource
  readonly records: MatchedRecords
  readonly ranking: Ranking
  /** What is no more relevant than that is left out: so much, or such a share of the best score. */
  readonly cutOff: { readonly of: 'all' | 'best'; readonly share: number }
  /** `undefined`: the best first. */
  readonly variety: VarietyOptions | undefined
  /** How far an image is from the query that was found by its embedding. */
  readonly distanceTo: (record: ImageRecord) => number
  /** How alike others are to one of the images. */
  readonly likenessTo: (image: Picture) => (other: Picture) => number
  /** About how many are wanted. */
  readonly wanted: number
}

/**
 * The images of one query in their order: the candidates that are in the windows by their scores, or so that they are various; by scores,
 * the others follow by distance.
 */
export class RankedOrder {
  readonly #parts: RankedOrderParts

  constructor(parts: RankedOrderParts) {
    this.#parts = parts
  }

  /** From the beginning, or from where a page has ended. */
  async *from(end: PageEnd | undefined): AsyncGenerator<RankedEntry> {
    if (end && 'after' in end) yield* this.#behind(end.ends, end.least, end)
    else if (this.#parts.variety) yield* this.#various(end && 'shown' in end ? end : undefined, this.#parts.variety)
    else yield* this.#byScore(end && 'last' in end ? end : undefined)
  }

  async *#byScore(from: Extract<PageEnd, { readonly last: unknown }> | undefined): AsyncGenerator<RankedEntry> {
    const { candidates, ends } = await this.#parts.source.windows(from?.ends)
    // Rarities may have changed, and with them all scores: the last image's own is that of now, if it is still there.
    const [last = from?.last] = await this.#scored(candidates.filter(({ id }) => id === from?.last.id))
    let least = this.#leastBelow(0)
    for await (const found of this.#alike(candidates)) {
      least = found.least
      const { image } = found
      if (last && byRank(last, image) >= 0) continue
      yield { image, nearDuplicates: [], end: () => ({ ends, last: { ...placeOf(image), score: image.score } }) }
    }
    yield* this.#behind(ends, least)
  }

  async *#various(
    from: Extract<PageEnd, { readonly shown: unknown }> | undefined,
    options: VarietyOptions,
  ): AsyncGenerator<RankedEntry> {
    const { candidates, ends } = await this.#parts.source.windows(from?.ends)
    const images: VariedMatch[] = []
    for await (const { image } of this.#alike(candidates)) images.push(varied(image))
    const variety = new Variety(images, options, ({ picture }) => {
      const likeness = this.#parts.likenessTo(picture)
      return (other) => likeness(other.picture)
    })
    const shown = new ShownIds(from?.shown)
    for (const image of images) if (shown.has(image.id)) variety.choose(image)
    for (const { picture, nearDuplicates } of variety.next()) {
      shown.add(picture.id)
      const { count } = shown
      yield { image: picture, nearDuplicates, end: () => ({ ends, shown: shown.first(count) }) }
    }
  }

  async *#behind(ends: WindowEnds, least: number, from?: EndBehind): AsyncGenerator<RankedEntry> {
    const { source } = this.#parts
    for (let search = from?.search ?? 0; search < source.searches.length; search++) {
      let next = search === from?.search ? from.after : ends[search]
      while (next) {
        const { candidates, end } = await source.behind(search, next)
        const alike = (await this.#scored(candidates)).filter(({ relevance }) => relevance > least)
        for (const image of alike) {
          const after = source.searches[search]!.placeOf(image.record)
          if (!after || this.#wasShown(image, ends, search)) continue
          yield { image, nearDuplicates: [], end: () => ({ ends, search, after, least }) }
        }
        // So many in a row without one that is alike: there are none any more.
        next = alike.length > 0 ? end : null
      }
    }
  }

  /** Whether another search has found it: in its window, or before this one. */
  #wasShown({ record }: RankedMatch, ends: WindowEnds, search: number): boolean {
    return this.#parts.source.searches.some((other, nth) => {
      const place = nth === search ? undefined : other.placeOf(record)
      if (!place) return false
      const end = ends[nth]
      return nth < search || !end || byDistance(place, end) <= 0
    })
  }

  /** Those that are relevant enough to be shown, the best first. */
  async *#alike(candidates: readonly Candidate[]): AsyncGenerator<{ image: RankedMatch; least: number }> {
    const { cutOff, wanted } = this.#parts
    const hopeful = candidates
      .map((candidate) => this.#hopeful(candidate))
      .filter(({ atMost }) => cutOff.of === 'best' || atMost > cutOff.share)
    let least: number | undefined
    for await (const image of bestFirst(hopeful, (some) => this.#scored(some), wanted)) {
      least ??= this.#leastBelow(image.score)
      if (image.relevance > least) yield { image, least }
    }
  }

  /** What is found by its embedding alone could be anything, and as near as can be. */
  #hopeful({ id, match }: Candidate): Candidate & Place & { atMost: number } {
    const { ranking } = this.#parts
    return { id, match, distance: match?.distance ?? 0, atMost: match ? ranking.atMost(match.vector) : 1 }
  }

  #leastBelow(best: number): number {
    const { of, share } = this.#parts.cutOff
    return of === 'all' ? share : share * Math.max(0, best)
  }

  async #scored(candidates: readonly Candidate[]): Promise<RankedMatch[]> {
    if (candidates.length === 0) return []
    const { records, ranking, space, embeddingSpaceId, distanceTo } = this.#parts
    const found = await records.of(candidates)
    return found.map(([{ id, match }, record]) => {
      const picture: Picture = {
        vector: match?.vector ?? record.vector,
        tags: record.tags,
        appearance: record.appearance,
        objects: presentObjects(record.objects, space),
        embedding: embeddingOf(record, embeddingSpaceId),
      }
      const distance = match?.distance ?? distanceTo(record)
      return { id, distance, record, picture, ...ranking.scoresOf(picture) }
    })
  }
}

function varied(image: RankedMatch): VariedMatch {
  const { appearance } = image.record
  return { ...image, vector: image.picture.vector, hash: appearance ? hashWords(appearance.hash) : undefined }
}
