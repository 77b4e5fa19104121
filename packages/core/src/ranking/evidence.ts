import { sureness } from './sureness.ts'

/** Of each axis on which a vector is above 0, ascending, three numbers: the axis, its value, and how sure that is. */
export type Evidence = readonly number[]

export const PER_AXIS = 3
const VALUE = 1
export const SURENESS = 2

/** Made once of each vector, as most axes are 0, and sureness is dear. */
export function evidenceIn(vector: Float32Array): Evidence {
  const evidence: number[] = []
  for (let axis = 0; axis < vector.length; axis++) {
    const value = vector[axis]!
    if (value > 0) evidence.push(axis, value, sureness(value))
  }
  return evidence
}

/** The vector that it was made of, but for what was below 0. */
export function vectorOf(evidence: Evidence, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  for (let at = 0; at < evidence.length; at += PER_AXIS) vector[evidence[at]!] = evidence[at + VALUE]!
  return vector
}
