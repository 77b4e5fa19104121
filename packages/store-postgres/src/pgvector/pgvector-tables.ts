import type { Metric } from '@image-recommender/core'
import type { Extension } from './extension.ts'

/** What an index is, fixed when its tables are made. */
export interface Shape {
  readonly dimensions: number
  readonly metric: Metric
  readonly halfvec: boolean
}

/** The names of an index's tables, qualified and quoted. */
export interface PgvectorTables {
  readonly schema: string
  readonly vectors: string
  readonly state: string
  /** Indexes live in the schema of their table and are named without it. */
  readonly graph: string
  readonly leftOut: string
  readonly tagsIndex: string
}

export function pgvectorTablesOf(schema: string, table: string): PgvectorTables {
  const qualified = (name: string) => `"${schema}"."${name}"`
  return {
    schema: `"${schema}"`,
    vectors: qualified(`${table}_vectors`),
    state: qualified(`${table}_state`),
    graph: `"${table}_graph"`,
    leftOut: `"${table}_left_out"`,
    tagsIndex: `"${table}_tags"`,
  }
}

/** SQL over a row, with pgvector's names, wherever it is installed. `query` stands for a vector's bytes: `$1`. */
export interface Terms {
  /** The type of the column `vector`. */
  readonly type: string
  /** What the graph is made of, and with which class of operators. */
  readonly linked: string
  readonly operators: string
  /** The distance as the graph orders by it. */
  graphDistance(query: string): string
  /** The distance of the vectors themselves; computed in float32, and so not quite the true one. */
  distance(query: string): string
  /** The row's vector as text: its bytes in base64. */
  readonly bytes: string
  /** Whether the graph leaves the row out, as it has no direction that cosine could compare; `undefined`: none is left out. */
  readonly isLeftOut: string | undefined
  /** Whether the vector is all 0. */
  readonly isZero: string
}

export function termsOf({ schema }: Extension, { dimensions, metric, halfvec }: Shape): Terms {
  const type = `${schema}.vector(${dimensions})`
  const half = `${schema}.halfvec(${dimensions})`
  const operator = `operator(${schema}.${metric === 'euclidean' ? '<->' : '<=>'})`
  const linked = halfvec ? `(vector::${half})` : 'vector'
  const norm = halfvec ? `${schema}.l2_norm(${linked})` : `${schema}.vector_norm(vector)`
  const vector = (query: string) => `${query}::${schema}.vector`
  return {
    type,
    linked,
    operators: `${schema}.${halfvec ? 'halfvec' : 'vector'}_${metric === 'euclidean' ? 'l2' : 'cosine'}_ops`,
    graphDistance: (query) => `${linked} ${operator} ${halfvec ? `(${vector(query)})::${half}` : vector(query)}`,
    distance: (query) => `vector ${operator} ${vector(query)}`,
    bytes: `encode(${schema}.vector_send(vector), 'base64')`,
    isLeftOut: metric === 'cosine' ? `${norm} = 0` : undefined,
    isZero: `${schema}.vector_norm(vector) = 0`,
  }
}
