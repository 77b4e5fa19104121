import type { ModelInput } from '../model/model-contract.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** To which size an image is scaled before the model sees it: nearest whole pixels, at least 1, at most the long side. */
export function scaledSize(image: Size, { shortSide, longSide }: Pick<ModelInput, 'shortSide' | 'longSide'>): Size {
  const scale = Math.min(
    shortSide / Math.min(image.width, image.height),
    longSide / Math.max(image.width, image.height),
  )
  const scaled = (side: number) => Math.min(longSide, Math.max(1, Math.round(side * scale)))
  return { width: scaled(image.width), height: scaled(image.height) }
}

/** The size of the input itself, with the padding. */
export function paddedSize(scaled: Size, { multipleOf }: Pick<ModelInput, 'multipleOf'>): Size {
  const padded = (side: number) => Math.ceil(side / multipleOf) * multipleOf
  return { width: padded(scaled.width), height: padded(scaled.height) }
}
