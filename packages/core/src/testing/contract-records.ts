import type { ImageRecord } from '../image-store.ts'

/** Ids that a careless backend would stumble over. */
export const hostileIds = [
  'plain',
  '__proto__',
  'constructor',
  "o'hara",
  '"; drop table images; --',
  '../../etc/passwd',
  'a/b\\c?d=e&f#g%00',
  ' leading and trailing ',
  '\t\n',
  'ä',
  'a\u0308',
  '\uffff',
  '\u{10000}',
  '😀'.repeat(128),
  'x'.repeat(512),
  '0',
  '00',
  '-1',
  '9007199254740993',
  'NaN',
  '*',
]

/** A record with something in every field, but for what is given. */
export function sampleRecord(id: string, fields: Partial<ImageRecord> = {}): ImageRecord {
  const vector = new Float32Array(81)
  vector[1] = 0.98
  vector[17] = 0.75
  return {
    id,
    spaceId: 'contract/space',
    objects: [
      {
        axis: 1,
        score: Math.fround(0.98),
        box: [0.1, 0.2, 0.3, 0.4].map(Math.fround) as [number, number, number, number],
        color: [50, -12.5, 127],
      },
      { axis: 17, score: 0.75, box: [0, 0, 1, 1], color: null },
      { axis: 17, score: Math.fround(0.31), box: null, color: [0, 0, 0] },
    ],
    vector,
    width: 640,
    height: 480,
    appearance: { palette: [{ color: [Math.fround(61.7), 0, -3.25], share: 0.5 }], hash: '00ff00ff12345678' },
    tags: ['album:7', 'summer'],
    metadata: { title: 'Beach', taken: 2024 },
    contentHash: 'ab'.repeat(32),
    embedding: { spaceId: 'contract/embedding', vector: Float32Array.of(0.25, -1, 0, 3e-8) },
    ...fields,
  }
}

/** Vectors as arrays, so that a comparison does not depend on the buffer behind them. */
export function plain(records: unknown): unknown {
  return JSON.parse(
    JSON.stringify(records, (_, value) => (value instanceof Float32Array ? Array.from(value) : value)) ?? 'null',
  )
}
