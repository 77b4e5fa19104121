import type { Appearance, Lab } from '../../feature-extractor.ts'
import type { Pixels } from './decoded-image.ts'
import { srgbToLab } from './lab.ts'
import { shrunk } from './shrunk.ts'

/** Long side of the small picture whose colours are counted. */
const SAMPLE_SIDE = 36
/** Into how many colours the picture is cut before near ones are put together. */
const CUTS = 12
const ROUNDS = 5
/** Colours nearer than this (Euclidean in CIELAB; about 2 is just noticeable) count as one. */
const NEAR = 12
const MOST_COLORS = 6
const LEAST_SHARE = 0.01

/**
 * Up to six main colours, the largest share first. Median cut (Heckbert 1982) in CIELAB gives the starting colours,
 * k-means moves them to the middle of what they stand for, near ones are put together. Without chance: the same pixels
 * give the same palette.
 */
export function palette(pixels: Pixels): Appearance['palette'] {
  const samples = labSamples(pixels)
  const clusters = merged(refined(medianCut(samples), samples))
  return clusters
    .map(({ color, size }) => ({ color: color.map(Math.fround) as unknown as Lab, share: size / samples.length }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((one, other) => other.share - one.share || one.color[0] - other.color[0])
    .slice(0, MOST_COLORS)
    .map(({ color, share }) => ({ color, share: roundedDown(share) }))
}

/** A float32 that is not above `share`, so that shares never add up to more than 1. */
function roundedDown(share: number): number {
  const near = Math.fround(share)
  return near <= share ? near : Math.fround(near - near * 2 ** -24)
}

type Color = [L: number, a: number, b: number]

interface Cluster {
  readonly color: Color
  readonly size: number
}

function labSamples(pixels: Pixels): Color[] {
  const scale = Math.min(1, SAMPLE_SIDE / Math.max(pixels.width, pixels.height))
  const width = Math.max(1, Math.round(pixels.width * scale))
  const height = Math.max(1, Math.round(pixels.height * scale))
  const small = shrunk(pixels, width, height)
  const lab = new Float64Array(3)
  return Array.from({ length: width * height }, (_, at) => {
    srgbToLab(Math.round(small[at * 3]!), Math.round(small[at * 3 + 1]!), Math.round(small[at * 3 + 2]!), lab)
    return [lab[0]!, lab[1]!, lab[2]!]
  })
}

/** Halves the widest box at its median until there are enough, or nothing is left to cut. */
function medianCut(samples: readonly Color[]): Color[] {
  const boxes = [widest([...samples])]
  while (boxes.length < CUTS) {
    boxes.sort((one, other) => other.spread - one.spread)
    const { colors, channel, spread } = boxes[0]!
    if (spread === 0) break
    colors.sort((one, other) => one[channel]! - other[channel]! || one[0] - other[0] || one[1] - other[1])
    const middle = colors.length >> 1
    boxes.splice(0, 1, widest(colors.slice(0, middle)), widest(colors.slice(middle)))
  }
  return boxes.map(({ colors }) => mean(colors))
}

function widest(colors: Color[]): { colors: Color[]; channel: number; spread: number } {
  const low: Color = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high: Color = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const color of colors) {
    for (let channel = 0; channel < 3; channel++) {
      low[channel] = Math.min(low[channel]!, color[channel]!)
      high[channel] = Math.max(high[channel]!, color[channel]!)
    }
  }
  const spreads = high.map((value, channel) => value - low[channel]!)
  const spread = Math.max(...spreads)
  return { colors, channel: spreads.indexOf(spread), spread }
}

/** k-means, a fixed number of rounds. */
function refined(seeds: readonly Color[], samples: readonly Color[]): Cluster[] {
  let clusters: Cluster[] = seeds.map((color) => ({ color, size: 0 }))
  for (let round = 0; round < ROUNDS; round++) {
    const members: Color[][] = clusters.map(() => [])
    for (const sample of samples) members[nearest(clusters, sample)]!.push(sample)
    clusters = members
      .filter((colors) => colors.length > 0)
      .map((colors) => ({ color: mean(colors), size: colors.length }))
  }
  return clusters
}

function nearest(clusters: readonly Cluster[], sample: Color): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let at = 0; at < clusters.length; at++) {
    const distance = squaredDistance(clusters[at]!.color, sample)
    if (distance < least) {
      least = distance
      best = at
    }
  }
  return best
}

/** Puts the two nearest colours together until none are near. */
function merged(clusters: readonly Cluster[]): Cluster[] {
  const left = [...clusters]
  for (;;) {
    let pair: [number, number] | undefined
    let least = NEAR ** 2
    for (let one = 0; one < left.length; one++) {
      for (let other = one + 1; other < left.length; other++) {
        const distance = squaredDistance(left[one]!.color, left[other]!.color)
        if (distance < least) {
          least = distance
          pair = [one, other]
        }
      }
    }
    if (pair === undefined) return left
    const [removed] = left.splice(pair[1], 1)
    left[pair[0]] = together(left[pair[0]]!, removed!)
  }
}

function together(one: Cluster, other: Cluster): Cluster {
  const size = one.size + other.size
  const color = one.color.map((value, channel) => (value * one.size + other.color[channel]! * other.size) / size)
  return { color: color as Color, size }
}

function mean(colors: readonly Color[]): Color {
  const sum: Color = [0, 0, 0]
  for (const color of colors) for (let channel = 0; channel < 3; channel++) sum[channel]! += color[channel]!
  return sum.map((value) => value / colors.length) as Color
}

function squaredDistance(one: Color, other: Color): number {
  return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2
}
