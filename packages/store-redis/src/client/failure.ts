import { RecommenderError } from '@image-recommender/core'
import { withoutPasswords } from '@image-recommender/core/parts'

/** The error of a client or its server as `STORE_FAILED`, with what to do about it; a RecommenderError as it is. */
export function failure(error: unknown): RecommenderError {
  if (RecommenderError.is(error)) return error
  stripArguments(error)
  const said = saidBy(error)
  return new RecommenderError('STORE_FAILED', `Redis failed (${said || 'without a word'}). ${adviceFor(said)}`, {
    cause: error,
  })
}

/** Whether the server does not know a script by its hash: it was restarted, or it is another one. */
export function isUnknownScript(error: unknown): boolean {
  return RecommenderError.is(error) && saidBy(error.cause).startsWith('NOSCRIPT')
}

/** Whether the server does not let this user run a command, or does not have it. */
export function isForbidden(error: unknown): boolean {
  return /^NOPERM|unknown (sub)?command/i.test(saidBy(error))
}

function saidBy(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const message = 'message' in error && typeof error.message === 'string' ? error.message : ''
  const code = 'code' in error && typeof error.code === 'string' && !message.includes(error.code) ? error.code : ''
  // What the client says when no node of a Cluster answers; the reason is with the node.
  const node = 'lastNodeError' in error ? saidBy(error.lastNodeError) : ''
  return withoutPasswords([code, message, node].filter(Boolean).join(', '))
}

/** ioredis hangs the command onto its errors, and the server may quote it. Arguments are other people's data and belong into no log. */
export function stripArguments(error: unknown): void {
  if (typeof error !== 'object' || error === null) return
  if (error instanceof Error) error.message = error.message.replace(/, with args beginning with: .*/s, '')
  if ('command' in error && typeof error.command === 'object' && error.command !== null) {
    Reflect.deleteProperty(error.command, 'args')
  }
  if ('lastNodeError' in error) stripArguments(error.lastNodeError)
  if ('previousErrors' in error && Array.isArray(error.previousErrors)) error.previousErrors.forEach(stripArguments)
}

function adviceFor(said: string): string {
  for (const [pattern, advice] of adviceBySaying) if (pattern.test(said)) return advice
  return 'The cause has what the client said.'
}

const unreachable =
  'Check that the server runs, and the address that the client was created with; what was not acknowledged can be repeated.'

const adviceBySaying: readonly (readonly [RegExp, string])[] = [
  [
    /WRONGTYPE/,
    'A key with the name of one of ours is of another type: another application uses this prefix, so choose another `prefix`.',
  ],
  [
    /\bOOM\b/,
    'The server has reached its `maxmemory`: raise it, or delete images (which works without memory too), and try again.',
  ],
  [/READONLY/, 'This server only reads: connect to the master.'],
  [
    /NOAUTH|WRONGPASS|invalid password|without any password|invalid username-password/i,
    'Check the user and the password that the client was created with.',
  ],
  [/NOPERM/, 'Grant the user what it lacks: the keys and commands that the README of this package lists under "Keys".'],
  [/MISCONF/, 'The server cannot write to its disk: free some space, see its log, and try again.'],
  [/NOREPLICAS/, 'The server has fewer replicas than it is told to have: see `min-replicas-to-write`.'],
  [/LOADING/, 'The server is still reading its data after a start: try again in a moment.'],
  [/\bBUSY\b/, 'A script of somebody is keeping the server busy: try again when it has ended.'],
  [
    /CROSSSLOT/,
    'The keys of one command are not on one server: give the Cluster itself as the client, without a proxy or a `keyPrefix` that changes their hash tags.',
  ],
  [
    /same slots allocation group/,
    'This version of ioredis sends scripts of an automatic pipeline to whichever master: update it to 5.11 or newer, or create the Cluster with `autoPipeliningIgnoredCommands: ["evalsha", "eval"]`.',
  ],
  [
    // The last that it was told may be MOVED: by the master to which the slot goes, which does not have it yet.
    /TRYAGAIN|redirections\. Last error: ReplyError: (MOVED|ASK)/,
    'What this needs is on its way to another master, for longer than the client waits: repeat the call when the slot is there, or give the Cluster more `maxRedirections` or a longer `retryDelayOnTryAgain`.',
  ],
  [/MOVED|ASK\b/, 'The server is one of a Cluster: give a `Cluster` as the client, which knows where each key is.'],
  [
    /subscriber mode|monitoring mode/,
    'The client is subscribed to a channel or monitors the server: give the store one of its own, such as `client.duplicate()`.',
  ],
  [
    /enableOfflineQueue/,
    'The client is not connected, and its `enableOfflineQueue: false` lets no command wait for that: create the store when the client is "ready", and check that the server runs.',
  ],
  [
    /CLUSTERDOWN|MASTERDOWN|ClusterAllFailed|slots cache|Cluster redirections|Cluster isn't ready|startup nodes|Cluster is ended/i,
    'Some of the Cluster cannot be reached: check that all its masters run; what was not acknowledged can be repeated.',
  ],
  [
    /unexpected symbol near '#'|unknown command.*evalsha/i,
    'The server must be Redis 7.0, Valkey 7.2, or newer, and must run scripts.',
  ],
  [
    /timed out|ETIMEDOUT/i,
    'The server took too long to answer, or cannot be reached: check that it runs, or give the client a longer `commandTimeout`. What was not acknowledged can be repeated.',
  ],
  [
    /ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EPIPE|ENOENT|Connection is closed|max retries per request|isn't writeable|Connection lost/i,
    unreachable,
  ],
]
