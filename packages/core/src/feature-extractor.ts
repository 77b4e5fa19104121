/**
 * Port: what turns the bytes of an image into objects and a vector.
 *
 * A conforming implementation passes `featureExtractorContract` of `@image-recommender/core/testing`.
 */

/** Named axes. Vectors of different spaces are never compared. */
export interface FeatureSpace<Axis extends string = string> {
  /** Changes whenever the same image would get another vector: model, preprocessing. E.g. `mask-rcnn-r50-fpn-12/4409935e/800`. */
  readonly id: string
  /** The name of each axis; a vector has as many values. In object spaces `axes[0]` is `BG`, the background, and always 0. */
  readonly axes: readonly Axis[]
  /**
   * The least score with which an object counts as present: a vector holds, per axis, the best score that is not under it.
   * `null` where the vector is not made from the objects (an embedding). Not part of the identity: a vector can be
   * derived anew from the objects, see `objectVector`.
   */
  readonly threshold: number | null
}

/** A box as shares of the image's width and height, 0..1. */
export type Box = readonly [x: number, y: number, width: number, height: number]

/** A colour in CIELAB (D65): L 0..100, a and b about -128..127. */
export type Lab = readonly [L: number, a: number, b: number]

export interface DetectedObject {
  /** Which axis of the space this object belongs to. */
  readonly axis: number
  /** How sure the detector is, 0..1. */
  readonly score: number
  /** Where it is; `null`: unknown. */
  readonly box: Box | null
  /** Its mean colour; `null`: unknown. */
  readonly color: Lab | null
}

/** What a picture looks like as a whole. */
export interface Appearance {
  /** The main colours, the largest share first; shares add up to at most 1. */
  readonly palette: readonly { readonly color: Lab; readonly share: number }[]
  /** Perceptual hash, 64 bits as 16 hexadecimal digits: near-duplicates differ in few bits. */
  readonly hash: string
}

export interface Extraction {
  /** Everything detected with a score of at least 0.3, best first. Facts: the threshold is not applied here. */
  readonly objects: readonly DetectedObject[]
  /** One finite value per axis. */
  readonly vector: Float32Array
  /** Pixels, after EXIF orientation. */
  readonly width: number
  readonly height: number
  /** From the same decode; `null`: unknown. */
  readonly appearance: Appearance | null
}

export interface ExtractOptions {
  /** Aborting rejects with `ABORTED`; what has not started does not start. */
  readonly signal?: AbortSignal | undefined
}

export interface FeatureExtractor<Axis extends string = string> {
  readonly space: FeatureSpace<Axis>
  /**
   * Describes one encoded image. The same bytes give the same extraction. Calls may overlap. `image` is only read.
   *
   * @throws RecommenderError `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, `ABORTED`, `CLOSED`, `OVERLOADED`, `EXTRACTOR_FAILED`
   */
  extract(image: Uint8Array, options?: ExtractOptions): Promise<Extraction>
  /** Lets go of everything; calls that are under way are rejected with `CLOSED` or finish. Closing twice is fine. */
  close(): Promise<void>
}
