export interface Sample {
  readonly minutes: number
  readonly bytes: number
}

export interface Line {
  /** Bytes a minute, by least squares. */
  readonly slope: number
  /** How far off it may be by chance: one standard error. */
  readonly error: number
  readonly mean: number
}

/** The straight line through samples over time. */
export function lineThrough(samples: readonly Sample[]): Line {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [middle, level] = [mean(samples.map(({ minutes }) => minutes)), mean(samples.map(({ bytes }) => bytes))]
  const spread = samples.reduce((sum, { minutes }) => sum + (minutes - middle) ** 2, 0)
  const slope = samples.reduce((sum, { minutes, bytes }) => sum + (minutes - middle) * (bytes - level), 0) / spread
  const rest = samples.reduce((sum, { minutes, bytes }) => sum + (bytes - level - slope * (minutes - middle)) ** 2, 0)
  return { slope, error: Math.sqrt(rest / (samples.length - 2) / spread), mean: level }
}
