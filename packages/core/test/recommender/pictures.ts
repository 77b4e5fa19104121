import {
  type Box,
  COCO_AXES,
  type CocoAxis,
  createRecommender,
  type DetectedObject,
  type ImageRecord,
  type Lab,
  objectVector,
  type Page,
  type RankingOptions,
  type Recommender,
} from '../../src/index.ts'
import { createFakeExtractor, seededRandom } from '../../src/testing/index.ts'

const { space } = createFakeExtractor()
const NAMES: readonly CocoAxis[] = ['person', 'dog', 'cat', 'boat', 'frisbee']
export const TAGS = ['beach', 'sunset', 'party']

/** A recommender of pictures with boxes, colours, palettes, hashes and tags, and their records; many show the same objects. */
export async function withPictures(
  count: number,
  seed: number,
  ranking: RankingOptions = {},
): Promise<{ recommender: Recommender<CocoAxis>; records: ImageRecord[] }> {
  const given = pictures(count, seed)
  const recommender = await createRecommender({ extractor: createFakeExtractor(), ranking })
  await recommender.put(given)
  const stored = new Map<string, ImageRecord>()
  for await (const record of recommender.records()) stored.set(record.id, record)
  return { recommender, records: given.map(({ id }) => stored.get(id)!) }
}

export function pictures(count: number, seed: number): ImageRecord[] {
  const random = seededRandom(seed)
  const some = <T>(list: readonly T[], share: number) => list.filter(() => random() < share)
  const color = (): Lab => [100 * random(), 80 * random() - 40, 80 * random() - 40]
  const box = (): Box => [0.5 * random(), 0.5 * random(), 0.1 + 0.4 * random(), 0.1 + 0.4 * random()]
  return Array.from({ length: count }, (_, at) => {
    const objects = ['person' as const, ...some(NAMES, 0.4)]
      .map(
        (name): DetectedObject => ({
          axis: COCO_AXES.indexOf(name),
          score: 0.5 + 0.5 * random(),
          box: box(),
          color: color(),
        }),
      )
      .sort((a, b) => b.score - a.score)
    const hash = Array.from({ length: 16 }, () => Math.floor(16 * random()).toString(16)).join('')
    const palette = [
      { color: color(), share: 0.6 },
      { color: color(), share: 0.3 },
    ]
    return {
      id: `image-${at}`,
      spaceId: space.id,
      objects,
      vector: objectVector(objects, space),
      width: 640,
      height: 480,
      appearance: { palette, hash },
      tags: some(TAGS, 0.2),
      metadata: {},
      contentHash: null,
      embedding: null,
    }
  }).filter(({ vector }) => vector.some((value) => value > 0))
}

export const idsOf = ({ items }: Pick<Page, 'items'>): string[] => items.map(({ id }) => id)

export async function allPages(next: (cursor: string | undefined) => Promise<Page>): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined, isLast = false; !isLast; ) {
    const page = await next(cursor)
    ids.push(...idsOf(page))
    cursor = page.nextCursor
    isLast = cursor === undefined
  }
  return ids
}
