import { RecommenderError } from '@image-recommender/core'

/** The error of a database client as `STORE_FAILED`, with what to do about it; a RecommenderError as it is. */
export function failure(error: unknown): RecommenderError {
  if (RecommenderError.is(error)) return error
  const { code, message } = described(error)
  // PGlite hangs the statement's parameters onto its errors. They are other people's data and belong into no log.
  if (typeof error === 'object' && error !== null && 'params' in error) Reflect.deleteProperty(error, 'params')
  const said = [code, message].filter(Boolean).join(', ')
  return new RecommenderError('STORE_FAILED', `The database failed (${said}). ${advice(code)}`, { cause: error })
}

function described(error: unknown): { code: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: 'an error that is no object' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const message = 'message' in error && typeof error.message === 'string' ? error.message : ''
  // Classes 22 and 23 are about data, and quote it.
  if (/^2[23]/.test(code)) return { code, message: '' }
  return { code, message: message.replace(/\/\/[^/\s]*@/g, '//…@') }
}

function advice(code: string): string {
  const exact = adviceByCode[code]
  if (exact) return exact
  if (code.startsWith('08') || code.startsWith('57P')) return adviceByCode.ECONNREFUSED!
  if (code.startsWith('28')) return 'Check the user and the password that the client was created with.'
  if (code.startsWith('53')) return 'The server is short of resources: see its log, free some, and try again.'
  return 'The cause has what the client said.'
}

const unreachable =
  'Check that the server runs, and the host and port that the client was created with; what was not acknowledged can be repeated.'

const adviceByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  ENOENT: unreachable,
  '3D000': 'Create the database, or name another where the client is created.',
  '3F000': 'The tables are gone: create the store anew.',
  '42P01': 'The tables are gone: create the store anew.',
  '42501':
    'Grant the role what it lacks: `create` on the database or the schema to set the tables up, and `select, insert, update, delete` on them to use them.',
  '42P07': 'Something else is called like a table of this store: choose another `schema` or `table`.',
  '25006': 'This server only reads: connect to the primary.',
  '22P05': 'The database must be in the encoding UTF8.',
  '53100': 'The disk of the server is full: free some space, and try again.',
  '53300': 'The server has no connection left: let the pool have fewer, or the server more.',
  '57014': 'The statement was cancelled or took too long: allow it more time, or give fewer records per call.',
}
