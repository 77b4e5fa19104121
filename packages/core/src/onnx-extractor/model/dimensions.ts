import type { Dimensions } from '../model-family.ts'

/** As a graph declares it: a number, or the name of what is open, which may be empty. */
export type DeclaredShape = readonly (number | string)[]

/** Whether a shape can be what is expected; what a graph leaves open can be anything. */
export function fits(shape: DeclaredShape, expected: Dimensions): boolean {
  return shape.length === expected.length && shape.every((dim, at) => isOpen(dim) || (expected[at] ?? dim) === dim)
}

/** onnxruntime gives a name, or -1 where there is none. */
function isOpen(dim: number | string): boolean {
  return typeof dim === 'string' || dim < 0
}

/** A shape as messages show it: `[1,?,80]`. */
export function shapeText(dims: readonly (number | string | null)[]): string {
  return `[${dims.map((dim) => (dim === null || dim === '' || dim === -1 ? '?' : dim))}]`
}
