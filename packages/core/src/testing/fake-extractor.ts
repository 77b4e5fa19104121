import { COCO_AXES, type CocoAxis } from '../coco.ts'
import { RecommenderError } from '../errors.ts'
import type { DetectedObject, FeatureExtractor, FeatureSpace } from '../feature-extractor.ts'
import { FACT_THRESHOLD, objectVector } from '../object-vector.ts'

const MAGIC = 'fake image '

export interface FakeExtractorOptions<Axis extends string = CocoAxis> {
  /** A space over COCO's axes with threshold 0.7 by default. */
  readonly space?: FeatureSpace<Axis>
}

/**
 * An extractor for unit tests: needs no model and no picture, finds in a `fakeImage` exactly what was put into it, and
 * answers in microseconds. Bytes of any other kind are `IMAGE_UNREADABLE`, as they would be for a real one.
 */
export function createFakeExtractor(options?: FakeExtractorOptions<CocoAxis>): FeatureExtractor<CocoAxis>
export function createFakeExtractor<const Axis extends string>(
  options: FakeExtractorOptions<Axis> & { space: FeatureSpace<Axis> },
): FeatureExtractor<Axis>
export function createFakeExtractor({
  space = FAKE_SPACE,
}: FakeExtractorOptions<string> = {}): FeatureExtractor<string> {
  let closed = false
  return {
    space,
    async extract(image, { signal } = {}) {
      if (closed) throw new RecommenderError('CLOSED', 'This extractor has been closed.')
      if (signal?.aborted) throw new RecommenderError('ABORTED', 'The call was aborted.', { cause: signal.reason })
      const objects = objectsIn(image, space)
      return { objects, vector: objectVector(objects, space), width: 640, height: 480, appearance: null }
    },
    async close() {
      closed = true
    },
  }
}

/**
 * The bytes of an image in which a fake extractor finds the given objects with the given scores.
 *
 * @param objects names of axes with scores 0..1, e.g. `{ dog: 0.98, frisbee: 0.8 }`; several scores for several objects
 * @param look told apart by this, for images that are different but show the same objects
 */
export function fakeImage(objects: Readonly<Record<string, number | readonly number[]>>, look = ''): Uint8Array {
  return new TextEncoder().encode(MAGIC + JSON.stringify({ objects, look }))
}

const FAKE_SPACE: FeatureSpace<CocoAxis> = { id: 'fake/coco', axes: COCO_AXES, threshold: 0.7 }

function objectsIn(image: Uint8Array, { axes }: FeatureSpace): DetectedObject[] {
  const text = new TextDecoder().decode(image)
  if (!text.startsWith(MAGIC)) {
    throw new RecommenderError('IMAGE_UNREADABLE', `These ${image.length} bytes were not made by fakeImage().`)
  }
  const { objects } = JSON.parse(text.slice(MAGIC.length)) as { objects: Record<string, number | number[]> }
  return Object.entries(objects)
    .flatMap(([name, scores]) =>
      [scores].flat().map((score) => ({ axis: axisOf(name, axes), score: Math.fround(score), box: null, color: null })),
    )
    .filter(({ score }) => score >= FACT_THRESHOLD)
    .sort((a, b) => b.score - a.score)
}

function axisOf(name: string, axes: readonly string[]): number {
  const axis = axes.indexOf(name)
  if (axis === -1)
    throw new RecommenderError('INVALID_ARGUMENT', `'${name}' is no axis of this fake extractor's space.`)
  return axis
}
