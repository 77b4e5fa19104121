import { RecommenderError } from '@image-recommender/core'
import { withoutPasswords } from '@image-recommender/core/parts'

/** What of the recommender lives in the database. */
export type Part = 'store' | 'index'

/** The error of a database client as `STORE_FAILED` or `INDEX_FAILED`, with what to do about it; a RecommenderError as it is. */
export function failure(error: unknown, part: Part = 'store'): RecommenderError {
  if (RecommenderError.is(error)) return error
  const { code, message } = described(error)
  // PGlite hangs the statement's parameters onto its errors. They are other people's data and belong into no log.
  if (typeof error === 'object' && error !== null && 'params' in error) Reflect.deleteProperty(error, 'params')
  const said = [code, message].filter(Boolean).join(', ')
  const failed = part === 'store' ? 'STORE_FAILED' : 'INDEX_FAILED'
  return new RecommenderError(failed, `The database failed (${said}). ${advice(code, message)}`, { cause: error })
}

function described(error: unknown): { code: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: 'an error that is no object' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const message = 'message' in error && typeof error.message === 'string' ? error.message : ''
  // Classes 22 and 23 are about data, and quote it.
  if (/^2[23]/.test(code)) return { code, message: '' }
  return { code, message: withoutPasswords(message) }
}

function advice(code: string, message: string): string {
  const exact = adviceByCode[code]
  if (exact) return exact
  if (code === '' && lostConnection.test(message)) return unreachable
  if (code.startsWith('08') || code.startsWith('57P')) return adviceByCode.ECONNREFUSED!
  if (code === '' && wrongPassword.test(message)) return adviceByCode['28P01']!
  if (code === '' && closedPool.test(message))
    return 'The client was ended: close this, and create it with one that is open.'
  if (code.startsWith('28')) return adviceByCode['28P01']!
  if (code.startsWith('54'))
    return 'A record is larger than the server can keep: give it less metadata, or shorter tags.'
  if (code.startsWith('53')) return 'The server is short of resources: see its log, free some, and try again.'
  return 'The cause has what the client said.'
}

const unreachable =
  'Check that the server runs, and the host and port that the client was created with; what was not acknowledged can be repeated.'

const foreign = 'Something else is called like one of these tables: choose another `schema` or `table`.'

const repeat = 'Something else holds the rows that this needs, and gives way to nobody: repeat the call.'

/** What `pg` says of connections that were cut or do not answer: these errors have no code. */
const lostConnection = /connection (terminated|error)|not queryable|timeout/i

/** What `pg` says where the server wants a password and the client has none, or one that is no text. */
const wrongPassword = /password/i

/** What `pg` says of a pool that was ended. */
const closedPool = /after calling end/i

const adviceByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  ENOENT: unreachable,
  ENETUNREACH: unreachable,
  EPIPE: unreachable,
  '28P01': 'Check the user and the password that the client was created with.',
  '3D000': 'Create the database, or name another where the client is created.',
  '3F000': 'The tables are gone: close this and create it anew.',
  '42P01': 'The tables are gone: close this and create it anew.',
  '42501':
    'Grant the role what it lacks: `create` on the database or the schema to set the tables up, and `select, insert, update, delete` on them to use them.',
  '42P07': foreign,
  '42P16': foreign,
  '42703': foreign,
  '42804': foreign,
  '42809': foreign,
  '40001': repeat,
  '40P01': repeat,
  '55P03': repeat,
  '25006': 'This connection only reads: connect to the primary, as a role without `default_transaction_read_only`.',
  '22000':
    'A value does not fit: a vector may have another number of values than the index was made for. Give each extractor an index with a `table` of its own.',
  '22003': 'A number is larger than its column can hold; a vector that is kept as halfvec may have values up to 65504.',
  '22P05': 'The database must be in the encoding UTF8.',
  '53100': 'The disk of the server is full: free some space, and try again.',
  '53300': 'The server has no connection left: let the pool have fewer, or the server more.',
  '57014': 'The statement was cancelled or took too long: allow it more time, or give fewer records per call.',
}
