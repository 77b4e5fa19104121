/**
 * Parts as the façade calls them: every failure leaves as a RecommenderError, and what an extractor returns is checked.
 * It is done here, once, so that neither the façade nor the parts have to.
 */
import { type ErrorCode, RecommenderError } from '../errors.ts'
import type { Extraction, FeatureExtractor } from '../feature-extractor.ts'
import type { ImageStore } from '../image-store.ts'
import { parse } from '../parse.ts'
import type { SimilarityIndex } from '../similarity-index.ts'
import { abortion } from './aborted.ts'
import { inFloat32 } from './float32-facts.ts'
import { extractionSchema } from './options.ts'

function failure(code: ErrorCode, part: string, doing: string, cause: unknown): RecommenderError {
  if (RecommenderError.is(cause)) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new RecommenderError(code, `The ${part} failed to ${doing}: ${reason}`, { cause })
}

function guardOf(code: ErrorCode, part: string) {
  return {
    async call<T>(doing: string, task: () => Promise<T>): Promise<T> {
      try {
        return await task()
      } catch (cause) {
        throw failure(code, part, doing, cause)
      }
    },
    async *iterate<T>(doing: string, source: () => AsyncIterable<T>): AsyncGenerator<T> {
      try {
        yield* source()
      } catch (cause) {
        throw failure(code, part, doing, cause)
      }
    },
  }
}

export function guardStore(store: ImageStore): ImageStore {
  const guard = guardOf('STORE_FAILED', 'store')
  return {
    put: (records) => guard.call('put records', () => store.put(records)),
    get: (ids) => guard.call('get records', () => store.get(ids)),
    delete: (ids) => guard.call('delete records', () => store.delete(ids)),
    scan: () => guard.iterate('scan its records', () => store.scan()),
    sample: (count) => guard.call('sample records', () => store.sample(count)),
    count: () => guard.call('count its records', () => store.count()),
    changes: (options) => guard.iterate('follow its changes', () => store.changes(options)),
    close: () => guard.call('close', () => store.close()),
  }
}

export function guardIndex(index: SimilarityIndex): SimilarityIndex {
  const guard = guardOf('INDEX_FAILED', 'index')
  return {
    dimensions: index.dimensions,
    metric: index.metric,
    exact: index.exact,
    shared: index.shared,
    write: (changes, step) => guard.call('write', () => index.write(changes, step)),
    position: () => guard.call('tell its position', () => index.position()),
    search: (request) => guard.call('search', () => index.search(request)),
    counts: (where) => guard.call('count', () => index.counts(where)),
    close: () => guard.call('close', () => index.close()),
  }
}

export function guardExtractor<Axis extends string>(extractor: FeatureExtractor<Axis>): FeatureExtractor<Axis> {
  const guard = guardOf('EXTRACTOR_FAILED', 'extractor')
  const { space } = extractor
  return {
    space,
    async extract(image, options) {
      let extraction: Extraction
      try {
        extraction = await extractor.extract(image, options)
      } catch (cause) {
        if (options?.signal?.aborted) throw abortion(options.signal)
        throw failure('EXTRACTOR_FAILED', 'extractor', 'describe the image', cause)
      }
      return inFloat32(checkedExtraction(extraction, space.axes.length))
    },
    close: () => guard.call('close', () => extractor.close()),
  }
}

function checkedExtraction(extraction: Extraction, dimensions: number): Extraction {
  try {
    parse(extractionSchema, extraction, 'extraction')
  } catch (cause) {
    throw new RecommenderError(
      'EXTRACTOR_FAILED',
      `The extractor returned what its contract forbids: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
  assertDimensions('EXTRACTOR_FAILED', 'The extractor returned', extraction, dimensions)
  return extraction
}

/** Vectors and axis numbers must fit the space; this is what no schema knows. */
export function assertDimensions(
  code: ErrorCode,
  whose: string,
  { vector, objects = [] }: Pick<Extraction, 'vector'> & Partial<Pick<Extraction, 'objects'>>,
  dimensions: number,
): void {
  if (vector.length !== dimensions) {
    throw new RecommenderError(
      code,
      `${whose} a vector of ${vector.length} values, but its space has ${dimensions} axes.`,
    )
  }
  const stray = objects.find(({ axis }) => axis >= dimensions)
  if (stray) {
    throw new RecommenderError(
      code,
      `${whose} an object on axis ${stray.axis}, but its space has only the axes 0 to ${dimensions - 1}.`,
    )
  }
}
