import { type ImageRecord, RecommenderError } from '@image-recommender/core'
import { ArrayWriter, oids } from '../database/binary-array.ts'
import type { Columns } from '../database/send-columns.ts'
import type { Tables } from '../store/tables.ts'
import { mostFactsBytes, writeFacts } from './facts-codec.ts'
import { checksum } from './packed-bytes.ts'
import { arrayLiteral } from './tag-text.ts'
import { mostVectorBytes, writeVector } from './vector-codec.ts'

/**
 * Inserts or replaces records, and enters them into the feed. In one statement, and in the order of its parameters:
 * writers that give their ids in the same order cannot wait for each other in a circle.
 */
export function putStatement({ records, changes }: Tables): string {
  return `
    with written as (
      insert into ${records} (id, space_id, vector, facts, width, height, tags, metadata, content_hash)
      select id, space_id, vector, facts, width, height, tags::text[], metadata, content_hash
      from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[], $5::integer[], $6::integer[], $7::text[], $8::json[],
        $9::text[]) as given (id, space_id, vector, facts, width, height, tags, metadata, content_hash)
      on conflict (id) do update set
        space_id = excluded.space_id, vector = excluded.vector, facts = excluded.facts, width = excluded.width,
        height = excluded.height, tags = excluded.tags, metadata = excluded.metadata, content_hash = excluded.content_hash
      returning id
    )
    insert into ${changes} (id) select id from written
    on conflict (id) do update set xid = excluded.xid, seq = excluded.seq`
}

/** Records as the parameters of `putStatement`, one array for each column: in binary, so that the server parses nothing. */
export class RecordColumns implements Columns<ImageRecord> {
  readonly #ids = new ArrayWriter(oids.text)
  readonly #spaceIds = new ArrayWriter(oids.text)
  readonly #vectors = new ArrayWriter(oids.bytea)
  readonly #facts = new ArrayWriter(oids.bytea)
  readonly #widths = new ArrayWriter(oids.integer)
  readonly #heights = new ArrayWriter(oids.integer)
  readonly #tags = new ArrayWriter(oids.text)
  readonly #metadata = new ArrayWriter(oids.json)
  readonly #contentHashes = new ArrayWriter(oids.text)
  readonly #columns = [
    this.#ids,
    this.#spaceIds,
    this.#vectors,
    this.#facts,
    this.#widths,
    this.#heights,
    this.#tags,
    this.#metadata,
    this.#contentHashes,
  ]
  #count = 0

  get count(): number {
    return this.#count
  }

  /** How many bytes they take. */
  get size(): number {
    return this.#columns.reduce((sum, { size }) => sum + size, 0)
  }

  add(record: ImageRecord): void {
    this.#count++
    this.#ids.text(record.id)
    this.#spaceIds.text(record.spaceId)
    let vectorChecksum = 0
    this.#vectors.bytes(mostVectorBytes(record.vector), (bytes, view, from) => {
      const end = writeVector(record.vector, view, from)
      vectorChecksum = checksum(bytes, from, end)
      return end
    })
    this.#facts.bytes(mostFactsBytes(record), (bytes, view, from) =>
      writeFacts(record, vectorChecksum, bytes, view, from),
    )
    this.#addSize(record)
    this.#tags.text(arrayLiteral(record.tags))
    this.#metadata.text(JSON.stringify(record.metadata))
    this.#contentHashes.text(record.contentHash)
  }

  /** To be sent before the next `clear`. */
  parameters(): Buffer[] {
    return this.#columns.map((column) => column.finish())
  }

  clear(): void {
    this.#count = 0
    for (const column of this.#columns) column.clear()
  }

  #addSize({ id, width, height }: ImageRecord): void {
    try {
      this.#widths.integer(width)
      this.#heights.integer(height)
    } catch (cause) {
      throw new RecommenderError(
        'STORE_FAILED',
        `The record of '${id}' cannot be kept: its width and height must be whole numbers below 2147483648.`,
        { cause },
      )
    }
  }
}
