import { type ImageRecord, type JsonObject, RecommenderError } from '@image-recommender/core'
import { decodeFacts, encodeFacts } from './facts-codec.ts'
import type { Tables } from './tables.ts'
import { decodeTag, encodeTag } from './tag-text.ts'
import { decodeVector, encodeVector } from './vector-codec.ts'

export interface RecordRow {
  readonly id: string
  readonly space_id: string
  readonly vector: string
  readonly facts: string
  readonly width: number
  readonly height: number
  readonly tags: readonly string[]
  readonly metadata: string
  readonly content_hash: string | null
}

/**
 * What to select. Bytes travel as base64, in both directions: PGlite takes five times as long over them otherwise. And
 * `metadata` as text does not pass through what an application may have told its client about json.
 */
export const recordColumns = `id, space_id, encode(vector, 'base64') as vector, encode(facts, 'base64') as facts, width, height,
  tags, metadata::text as metadata, content_hash`

export function fromRow(row: RecordRow): ImageRecord {
  try {
    return {
      id: row.id,
      spaceId: row.space_id,
      ...decodeFacts(Buffer.from(row.facts, 'base64')),
      vector: decodeVector(Buffer.from(row.vector, 'base64')),
      width: Number(row.width),
      height: Number(row.height),
      tags: row.tags.map(decodeTag),
      metadata: JSON.parse(row.metadata) as JsonObject,
      contentHash: row.content_hash,
    }
  } catch (cause) {
    throw new RecommenderError(
      'STORE_FAILED',
      `The stored record of '${row.id}' cannot be read: it is damaged, or a newer version of @image-recommender/store-postgres wrote it. Put it again, or update the package.`,
      { cause },
    )
  }
}

/**
 * Inserts or replaces records, and enters them into the feed. In one statement, and in the order of its parameters:
 * writers that give their ids in the same order cannot wait for each other in a circle.
 */
export function putStatement({ records, changes }: Tables): string {
  return `
    with written as (
      insert into ${records} (id, space_id, vector, facts, width, height, tags, metadata, content_hash)
      select id, space_id, decode(vector, 'base64'), decode(facts, 'base64'), width, height, tags::text[], metadata::json,
        content_hash
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[], $7::text[], $8::text[],
        $9::text[]) as given (id, space_id, vector, facts, width, height, tags, metadata, content_hash)
      on conflict (id) do update set
        space_id = excluded.space_id, vector = excluded.vector, facts = excluded.facts, width = excluded.width,
        height = excluded.height, tags = excluded.tags, metadata = excluded.metadata, content_hash = excluded.content_hash
      returning id
    )
    insert into ${changes} (id) select id from written
    on conflict (id) do update set xid = excluded.xid, seq = excluded.seq`
}

/** One record as the values of `putStatement`, `$1` first. */
export function toRow(record: ImageRecord): readonly unknown[] {
  return [
    record.id,
    record.spaceId,
    base64(encodeVector(record.vector)),
    base64(encodeFacts(record)),
    record.width,
    record.height,
    arrayLiteral(record.tags.map(encodeTag)),
    JSON.stringify(record.metadata),
    record.contentHash,
  ]
}

/** An array of arrays would have to be rectangular, so each record's tags travel as the text of an array. */
function arrayLiteral(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
