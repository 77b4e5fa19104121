import { join } from 'node:path'
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { capacityFor, Graph } from '../../src/graph/graph.ts'
import { hasDirection, nativePoint } from '../../src/graph/native-point.ts'
import { testFolder } from '../support/folder.ts'
import { native } from '../support/native.ts'

const shape = { dimensions: 8, metric: 'euclidean', m: 8, efConstruction: 50 } as const

function vectorsOf(count: number, seed = 1): Float32Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => Float32Array.from({ length: 8 }, () => random() - 0.5))
}

it('grows by itself, far beyond the room that it begins with', () => {
  const graph = new Graph(native, shape)
  const vectors = vectorsOf(5000)
  for (const [slot, vector] of vectors.entries()) graph.put(slot, vector)
  expect(graph.slots).toBe(5000)
  for (const slot of [0, 1023, 1024, 1025, 2047, 2048, 4095, 4096, 4999])
    expect(graph.nearest(vectors[slot]!, 10)).toContain(slot)
})

it('gives a slot another vector, and takes it out', () => {
  const graph = new Graph(native, shape)
  const [first, second, ...others] = vectorsOf(300) as [Float32Array, Float32Array, ...Float32Array[]]
  for (const [slot, vector] of [first, ...others].entries()) graph.put(slot, vector)
  graph.put(0, second)
  expect(graph.nearest(second, 1)).toEqual([0])
  expect(graph.nearest(first, 1)).not.toEqual([0])
  graph.remove(0)
  expect(graph.nearest(second, 298)).not.toContain(0)
  graph.put(0, first)
  expect(graph.nearest(first, 1)).toEqual([0])
  expect(graph.slots).toBe(299)
})

it('goes on where everything was taken out', () => {
  const graph = new Graph(native, shape)
  const vectors = vectorsOf(2000)
  for (let round = 0; round < 3; round++) {
    for (const [slot, vector] of vectors.entries()) graph.put(slot, vector)
    for (const slot of vectors.keys()) graph.remove(slot)
    expect(graph.nearest(vectors[0]!, 10)).toEqual([])
  }
  graph.put(1999, vectors[7]!)
  expect(graph.nearest(vectors[7]!, 10)).toEqual([1999])
})

it('finds only what may pass', () => {
  const graph = new Graph(native, shape)
  const vectors = vectorsOf(1000)
  for (const [slot, vector] of vectors.entries()) graph.put(slot, vector)
  const odd = graph.nearest(vectors[0]!, 50, (slot) => slot % 2 === 1)
  expect(odd).toHaveLength(50)
  expect(odd.every((slot) => slot % 2 === 1)).toBe(true)
  expect(graph.nearest(vectors[0]!, 50, (slot) => slot === 3)).toEqual([3])
  expect(graph.nearest(vectors[0]!, 50, () => false)).toEqual([])
})

it('has the room that its file is expected to say', () => {
  expect([1, 1024, 1025, 2048, 2049, 100_000].map(capacityFor)).toEqual([1024, 1024, 2048, 2048, 4096, 131_072])
})

it('goes on as it was written, with as many slots', () => {
  const path = join(testFolder().folder, 'graph')
  const graph = new Graph(native, shape)
  const vectors = vectorsOf(1025)
  for (const [slot, vector] of vectors.slice(0, 1024).entries()) graph.put(slot, vector)
  graph.write(path)
  const read = new Graph(native, shape)
  read.read(path, 1024)
  expect(read.slots).toBe(1024)
  read.put(1024, vectors[1024]!)
  expect(read.slots).toBe(1025)
  expect(read.nearest(vectors[1024]!, 1)).toEqual([1024])
})

it('tells what hnswlib throws, and stays as it was', () => {
  const graph = new Graph(native, shape)
  graph.put(0, vectorsOf(1)[0]!)
  expect(() => graph.remove(5)).toThrow('Label not found')
  expect(() => graph.nearest(vectorsOf(1)[0]!, 5000)).toThrow('maxElements')
  expect(graph.nearest(vectorsOf(1)[0]!, 1)).toEqual([0])
})

describe('a vector as the graph compares it', () => {
  it('is itself by Euclidean distance', () => {
    expect(nativePoint(Float32Array.of(3, -4, 0), 'euclidean', [0, 0, 0])).toEqual([3, -4, 0])
  })

  it.each([1, 1e-30, 2 ** -149, 1e30, 1e38])('has length 1 by cosine, times %d too', (factor) => {
    const point = nativePoint(Float32Array.of(3 * factor, 0, -3 * factor), 'cosine', [0, 0, 0])
    expect(Math.hypot(...point)).toBeCloseTo(1, 12)
    expect(point[0]).toBe(-point[2]!)
  })

  it('is zero where it is zero', () => {
    expect(nativePoint(new Float32Array(3), 'cosine', [1, 1, 1])).toEqual([0, 0, 0])
    expect(hasDirection(new Float32Array(3), 'cosine')).toBe(false)
    expect(hasDirection(Float32Array.of(0, -1, 0), 'cosine')).toBe(true)
    expect(hasDirection(new Float32Array(3), 'euclidean')).toBe(true)
  })
})
