/** Everything that can go wrong, as a caller may want to tell it apart. Codes never change within a major version. */
export const errorCodes = [
  /** An argument or option is not what the documentation asks for. */
  'INVALID_ARGUMENT',
  /** The bytes are no image, or one that is damaged or of a kind that is not accepted. */
  'IMAGE_UNREADABLE',
  /** The image has more bytes or pixels than the extractor accepts. */
  'IMAGE_TOO_LARGE',
  /** No image of that id is stored. */
  'IMAGE_NOT_FOUND',
  /** Vectors of one feature space met those of another. */
  'SPACE_MISMATCH',
  /** The model file is not there, or could not be brought. */
  'MODEL_UNAVAILABLE',
  /** The model file is not what it should be. */
  'MODEL_CORRUPT',
  /** The extractor failed, or returned what its contract forbids. */
  'EXTRACTOR_FAILED',
  /** The store failed; the cause says how. */
  'STORE_FAILED',
  /** The index failed; the cause says how. The store has what was acknowledged. */
  'INDEX_FAILED',
  /** More work is waiting than is allowed to wait. Try again later. */
  'OVERLOADED',
  /** The given signal was aborted. */
  'ABORTED',
  /** The recommender, or the part, has been closed. */
  'CLOSED',
] as const

export type ErrorCode = (typeof errorCodes)[number]

// Registered, not local: an application can end up with two copies of this package, and an error of either is one.
const brand = Symbol.for('@image-recommender/error')

/** The one error class of this project. The message says what was wrong, with the value, and what to do about it. */
export class RecommenderError extends Error {
  override readonly name = 'RecommenderError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether `error` is a RecommenderError, of `code` where one is given; also when another copy of the package made it. */
  static is(error: unknown, code?: ErrorCode): error is RecommenderError {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false
    return code === undefined || (error as unknown as RecommenderError).code === code
  }
}
