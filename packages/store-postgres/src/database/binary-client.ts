import { RecommenderError } from '@image-recommender/core'
import type { Queries } from './database.ts'

/** A zero byte, and bytes that are no UTF-8. */
const probe = Buffer.of(0x00, 0xff, 0x80)

/** Bytes would arrive as something else, and perhaps unnoticed. @throws RecommenderError `INVALID_ARGUMENT` */
export async function requireBinaryClient(queries: Queries): Promise<void> {
  const [sent] = await queries.query<{ arrived: string }>("select encode($1::bytea, 'hex') as arrived", [probe])
  if (sent === undefined || sent.arrived === probe.toString('hex')) return
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    '`client` does not send a Buffer as the bytes that it holds, as `pg` and PGlite do; `pg-native` is one of those. Take `pg` itself.',
  )
}
