import { z } from 'zod'
import type { ImageRecord } from '../../image-store.ts'
import { compareMatches } from '../../match-order.ts'
import { hashWords } from '../../near-duplicates/hamming.ts'
import { evidenceIn } from '../../ranking/evidence.ts'
import type { Picture } from '../../ranking/picture.ts'
import type { Ranking } from '../../ranking/ranking.ts'
import { type ScoredPicture, Variety, type VarietyOptions } from '../../ranking/variety.ts'
import type { StoredImage } from '../collection/stored-image.ts'
import { bestFirst, byRank } from './best-first.ts'
import { type Candidate, type CandidateSource, placeOf, type WindowEnds } from './candidate-source.ts'
import { type Place, placeSchema } from './cursor.ts'
import type { MatchedImages } from './matched-images.ts'
import { ShownIds } from './shown-ids.ts'

const ends = z.array(placeSchema.nullable()).readonly()
export const pageEndSchema = z.discriminatedUnion('kind', [
  // Among the candidates in the windows, in the order of their scores.
  z.strictObject({ kind: z.literal('scored'), ends, last: placeSchema.extend({ score: z.number() }) }),
  // Among them, chosen to be various.
  z.strictObject({ kind: z.literal('various'), ends, shown: z.base64() }),
  // Behind the window of one of the searches, in the order of distance, of which only what is more relevant than `least` is shown.
  z.strictObject({
    kind: z.literal('behind'),
    ends,
    search: z.int().min(0),
    after: placeSchema,
    least: z.number(),
  }),
])
/** Where a page has ended. */
export type PageEnd = z.infer<typeof pageEndSchema>
type EndOf<Kind extends PageEnd['kind']> = Extract<PageEnd, { readonly kind: Kind }>

/** An image with its score. */
export interface RankedMatch extends Place {
  readonly stored: StoredImage
  readonly score: number
  /** The score that it would have if it looked the same. */
  readonly relevance: number
}

type HopefulCandidate = Candidate & Place & { readonly atMost: number }
type VariedMatch = RankedMatch & ScoredPicture

export interface RankedEntry {
  readonly image: RankedMatch
  /** Those that are left out for it. */
  readonly nearDuplicates: readonly RankedMatch[]
  /** Where a page ends whose last image this is. */
  readonly end: () => PageEnd
}

export interface RankedOrderParts {
  readonly source: CandidateSource
  readonly matched: MatchedImages
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

  /** From the beginning, or from where a page has ended; several at a time. */
  async *from(end: PageEnd | undefined): AsyncGenerator<Iterable<RankedEntry>> {
    if (end?.kind === 'behind') yield* this.#behind(end.ends, end.least, end)
    else if (this.#parts.variety) yield* this.#various(end?.kind === 'various' ? end : undefined, this.#parts.variety)
    else yield* this.#byScore(end?.kind === 'scored' ? end : undefined)
  }

  async *#byScore(from: EndOf<'scored'> | undefined): AsyncGenerator<Iterable<RankedEntry>> {
    const { candidates, ends } = await this.#parts.source.windows(from?.ends)
    // Rarities may have changed, and with them all scores: the last image's own is that of now, if it is still there.
    const [last = from?.last] = await this.#scored(candidates.filter(({ id }) => id === from?.last.id))
    let least = this.#leastBelow(0)
    for await (const found of this.#alike(candidates)) {
      least = found.least
      const images = last ? found.images.filter((image) => byRank(last, image) < 0) : found.images
      yield entriesOf(images, (image) => ({ kind: 'scored', ends, last: { ...placeOf(image), score: image.score } }))
    }
    yield* this.#behind(ends, least)
  }

  async *#various(from: EndOf<'various'> | undefined, options: VarietyOptions): AsyncGenerator<Iterable<RankedEntry>> {
    const { candidates, ends } = await this.#parts.source.windows(from?.ends)
    const images: VariedMatch[] = []
    for await (const found of this.#alike(candidates)) for (const image of found.images) images.push(varied(image))
    const variety = new Variety(images, options, ({ stored }) => {
      const likeness = this.#parts.likenessTo(stored.picture)
      return (other) => likeness(other.stored.picture)
    })
    const shown = new ShownIds(from?.shown)
    for (const image of images) if (shown.has(image.id)) variety.choose(image)
    yield variedEntries(variety, shown, ends)
  }

  async *#behind(ends: WindowEnds, least: number, from?: EndOf<'behind'>): AsyncGenerator<Iterable<RankedEntry>> {
    const { source } = this.#parts
    for (let search = from?.search ?? 0; search < source.searches.length; search++) {
      let next = search === from?.search ? from.after : ends[search]
      while (next) {
        const { candidates, end } = await source.behind(search, next)
        const alike = (await this.#scored(candidates)).filter(({ relevance }) => relevance > least)
        yield this.#entriesBehind(alike, ends, search, least)
        // So many in a row without one that is alike: there are none any more.
        next = alike.length > 0 ? end : null
      }
    }
  }

  *#entriesBehind(
    images: readonly RankedMatch[],
    ends: WindowEnds,
    search: number,
    least: number,
  ): Generator<RankedEntry> {
    for (const image of images) {
      const record = image.stored.record()
      const after = this.#parts.source.searches[search]!.placeOf(record)
      if (!after || this.#wasShown(record, ends, search)) continue
      yield { image, nearDuplicates: [], end: () => ({ kind: 'behind', ends, search, after, least }) }
    }
  }

  /** Whether another search has found it: in its window, or before this one. */
  #wasShown(record: ImageRecord, ends: WindowEnds, search: number): boolean {
    return this.#parts.source.searches.some((other, nth) => {
      const place = nth === search ? undefined : other.placeOf(record)
      if (!place) return false
      const end = ends[nth]
      return nth < search || !end || compareMatches(place, end) <= 0
    })
  }

  /** Those that are relevant enough to be shown, the best first. */
  async *#alike(candidates: readonly Candidate[]): AsyncGenerator<{ images: readonly RankedMatch[]; least: number }> {
    const { cutOff, wanted, matched } = this.#parts
    const known: RankedMatch[] = []
    const hopeful: HopefulCandidate[] = []
    // All looked up before the first is scored: memory that is far away is then waited for by many at a time.
    const atHand = candidates.map(({ id }) => matched.known(id))
    for (const [at, candidate] of candidates.entries()) {
      const stored = atHand[at]
      if (stored) known.push(this.#score(candidate, stored))
      else hopeful.push(this.#hopeful(candidate))
    }
    const worthReading = hopeful.filter(({ atMost }) => cutOff.of === 'best' || atMost > cutOff.share)
    let least: number | undefined
    for await (const images of bestFirst(known, worthReading, (some) => this.#scored(some), wanted)) {
      if (images.length === 0) continue
      least ??= this.#leastBelow(images[0]!.score)
      const measure = least
      yield { images: images.filter(({ relevance }) => relevance > measure), least }
    }
  }

  /** What is found by its embedding alone could be anything, and as near as can be. */
  #hopeful({ id, match }: Candidate): HopefulCandidate {
    const atMost = match ? this.#parts.ranking.atMost(evidenceIn(match.vector)) : 1
    return { id, match, distance: match?.distance ?? 0, atMost }
  }

  #leastBelow(best: number): number {
    const { of, share } = this.#parts.cutOff
    return of === 'all' ? share : share * Math.max(0, best)
  }

  async #scored(candidates: readonly Candidate[]): Promise<RankedMatch[]> {
    if (candidates.length === 0) return []
    const found = await this.#parts.matched.of(candidates)
    return found.map(([candidate, stored]) => this.#score(candidate, stored))
  }

  #score({ id, match }: Candidate, stored: StoredImage): RankedMatch {
    const { ranking, distanceTo } = this.#parts
    const { score, relevance } = ranking.scoresOf(stored.picture)
    return { id, distance: match?.distance ?? distanceTo(stored.record()), stored, score, relevance }
  }
}

function* entriesOf(images: readonly RankedMatch[], endOf: (image: RankedMatch) => PageEnd): Generator<RankedEntry> {
  for (const image of images) yield { image, nearDuplicates: [], end: () => endOf(image) }
}

function* variedEntries(variety: Variety<VariedMatch>, shown: ShownIds, ends: WindowEnds): Generator<RankedEntry> {
  for (const { picture, nearDuplicates } of variety.next()) {
    shown.add(picture.id)
    const { count } = shown
    yield { image: picture, nearDuplicates, end: () => ({ kind: 'various', ends, shown: shown.first(count) }) }
  }
}

function varied(image: RankedMatch): VariedMatch {
  const { appearance } = image.stored.record()
  const { evidence } = image.stored.picture
  return { ...image, evidence, hash: appearance ? hashWords(appearance.hash) : undefined }
}
