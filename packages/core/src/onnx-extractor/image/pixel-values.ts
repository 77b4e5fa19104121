import { z } from 'zod'

/** How the bytes of a pixel become values of the input: `(byte / divisor - mean) / std`. */
export interface PixelValues {
  readonly channels: 'BGR' | 'RGB'
  /** 1 for values 0..255, 255 for 0..1. */
  readonly divisor: number
  /** Per channel, in the order of `channels`, in units of the divided values. */
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
}

const positive = z.number().positive()

export const pixelValuesShape = {
  channels: z.enum(['BGR', 'RGB']),
  divisor: positive,
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([positive, positive, positive]),
}
