import type { Change, ImageRecord, ImageStore } from '@image-recommender/core'

export function record(id: string, fields: Partial<ImageRecord> = {}): ImageRecord {
  const vector = new Float32Array(81)
  vector[1] = 0.98
  vector[17] = 0.75
  return {
    id,
    spaceId: 'test/space',
    objects: [
      { axis: 1, score: Math.fround(0.98), box: [0.25, 0.5, 0.125, 0.5], color: [50, -12.5, 127] },
      { axis: 17, score: 0.75, box: null, color: null },
    ],
    vector,
    width: 640,
    height: 480,
    appearance: { palette: [{ color: [60, 0, -3.25], share: 0.5 }], hash: '00ff00ff12345678' },
    tags: ['album:7', 'summer'],
    metadata: { title: 'Beach' },
    contentHash: 'ab'.repeat(32),
    ...fields,
  }
}

export function records(count: number, prefix = 'image'): ImageRecord[] {
  return Array.from({ length: count }, (_, at) => record(`${prefix}-${String(at).padStart(6, '0')}`))
}

/** The changes until the feed says that this was all for now. */
export async function soFar(store: ImageStore, after?: string): Promise<Change[]> {
  const changes: Change[] = []
  for await (const batch of store.changes({ after })) {
    if (batch.length === 0) break
    changes.push(...batch)
  }
  return changes
}

export function idsOf(items: readonly ({ readonly id: string } | undefined)[]): (string | undefined)[] {
  return items.map((item) => item?.id)
}

export function turn(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
