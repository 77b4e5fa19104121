import type { ImageRecord } from '../image-store.ts'

/** A copy that nobody can change, so that what a store in memory keeps is as much its own as what a database keeps. */
export function kept({ vector, ...facts }: ImageRecord): ImageRecord {
  // Cloned apart: the clone of a view is a clone of the whole buffer behind it.
  return frozen({ ...structuredClone(facts), vector: vector.slice() })
}

/** What is handed out: frozen things may be shared, but typed arrays cannot be frozen. */
export function handedOut(record: ImageRecord): ImageRecord {
  return { ...record, vector: record.vector.slice() }
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
