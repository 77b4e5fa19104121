import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { LOG_LEVELS } from '@image-recommender/server'
import { messageOf, StartError } from '@image-recommender/server/service'
import { z } from 'zod'
import { repositoryFolder } from './places.ts'

export const help = `Usage: npm start -- [options]

  --photos FOLDER   recommend among your own photos instead of the demo gallery
                    (brings the real model, 46 MB, the first time)
  --port PORT       listen on this port             (or PORT=…; 3000)
  --help            show this

Environment, or a file .env where you stand: PORT, HOST, DATA_FOLDER, PHOTOS, DATABASE_URL, REDIS_URL, MODEL, API_KEYS, LOG_LEVEL and more;
examples/server/.env.example says what they mean`

/** Every variable, what it must be, and what it is where nobody sets it. `.env.example` says what they are for. */
export const variables = {
  PORT: wholeNumber(0, 65535).default(3000),
  HOST: matching(/^[A-Za-z0-9.:_-]{1,255}$/, 'must be a host name or an IP address').default('127.0.0.1'),
  TRUST_PROXY: trustedProxies().default(false),
  DATA_FOLDER: z.string().default(resolve(repositoryFolder, '.data')),
  PHOTOS: z.string().optional(),
  DATABASE_URL: address(
    /^postgres(ql)?:$/,
    'must be an address like postgres://user:password@host:5432/name',
  ).optional(),
  REDIS_URL: address(/^rediss?:$/, 'must be an address like redis://:password@host:6379/0').optional(),
  MODEL: z.string().optional(),
  CONTRACT: z.string().optional(),
  MODEL_CACHE: z.string().optional(),
  WORKERS: wholeNumber(1, 64).optional(),
  MAX_UPLOAD_MB: wholeNumber(1, 1024).default(32),
  MAX_PIXELS: wholeNumber(1, 1_000_000_000).default(50_000_000),
  MAX_BATCH: wholeNumber(1, 10_000).default(100),
  API_KEYS: apiKeys().default([]),
  READS: z.enum(['open', 'key'], 'must be open or key').default('open'),
  RATE_LIMIT_UPLOADS: wholeNumber(1, 1_000_000).optional(),
  RATE_LIMIT_SEARCHES: wholeNumber(1, 1_000_000).optional(),
  SEARCH_WAIT_MS: wholeNumber(0, 60_000).default(1000),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).optional(),
  STOP_DELAY_SECONDS: wholeNumber(0, 600).default(0),
  STOP_LIMIT_SECONDS: wholeNumber(1, 3600).default(20),
} as const

const schema = z.object(variables)
const secret = new Set(['DATABASE_URL', 'REDIS_URL', 'API_KEYS'])
const paths = ['DATA_FOLDER', 'PHOTOS', 'MODEL', 'CONTRACT', 'MODEL_CACHE'] as const

/** Checked, under the names of their variables; paths are absolute. */
export type Settings = z.output<typeof schema>

/**
 * The settings from command line and environment, the command line first; relative folders start from `folder`.
 *
 * @returns `'help'` where help was asked for
 * @throws StartError naming every setting that is wrong, its value, unless it is a secret, and what would be right
 */
export function readSettings(
  commandLine: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Settings | 'help' {
  const options = parseCommandLine(commandLine)
  if (options.help) return 'help'
  const given: Record<string, string> = {}
  for (const name of Object.keys(variables)) {
    // An empty variable is what `PORT= npm start` gives: it means "not set".
    const value = environment[name]?.trim()
    if (value) given[name] = value
  }
  const names: Record<string, string> = {}
  for (const [variable, option] of [
    ['PORT', 'port'],
    ['PHOTOS', 'photos'],
  ] as const) {
    const value = options[option]
    if (value === undefined) continue
    given[variable] = value
    names[variable] = `--${option}`
  }
  const problems = contradictions(given)
  if (given.PHOTOS === '') problems.push('--photos is ""; it must be the path of a folder.')
  const parsed = schema.safeParse(given)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0])
    const shown = secret.has(name) ? 'not right' : JSON.stringify(given[name])
    problems.push(`${names[name] ?? name} is ${shown}; it ${message}.`)
  }
  if (problems.length > 0 || !parsed.success) throw new StartError(problems.join('\n'))
  const settings = parsed.data
  for (const name of paths) {
    const path = settings[name]
    // Other models are named.
    if (path !== undefined && (name !== 'MODEL' || path.endsWith('.onnx'))) settings[name] = resolve(folder, path)
  }
  return settings
}

function contradictions({ DATABASE_URL, REDIS_URL, READS, API_KEYS }: Readonly<Record<string, string>>): string[] {
  const found: string[] = []
  if (DATABASE_URL && REDIS_URL) found.push('DATABASE_URL and REDIS_URL are both set; images are kept in one of them.')
  if (READS === 'key' && !API_KEYS) found.push('READS is "key" and API_KEYS is not set; nobody could read anything.')
  return found
}

function parseCommandLine(commandLine: readonly string[]) {
  try {
    return parseArgs({
      args: [...commandLine],
      options: { photos: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values
  } catch (error) {
    throw new StartError(`${messageOf(error).split('. To specify')[0]!.replace(/\.$/, '')}.\n\n${help}`)
  }
}

function matching(pattern: RegExp, message: string) {
  return z.string().regex(pattern, message)
}

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`
  return matching(/^\d{1,10}$/, message)
    .transform(Number)
    .pipe(z.number().min(least, message).max(most, message))
}

function address(protocol: RegExp, message: string) {
  return z.string().refine((text) => URL.canParse(text) && protocol.test(new URL(text).protocol), message)
}

/** `true`: whoever it is that the server hears from; else their addresses and networks. */
function trustedProxies() {
  const isProxy = (text: string) => {
    if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true
    const [ip = '', bits = '0', ...more] = text.split('/')
    return more.length === 0 && isIP(ip) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(ip) === 4 ? 32 : 128)
  }
  const message = 'must be true, false, or addresses and networks like 10.0.0.0/8, with commas between them'
  return z
    .string()
    .refine(
      (text) => text === 'true' || text === 'false' || text.split(',').every((one) => isProxy(one.trim())),
      message,
    )
    .transform((text) => (text === 'true' || text === 'false' ? text === 'true' : text))
}

function apiKeys() {
  const keysOf = (text: string) => text.split(',').map((key) => key.trim())
  const isKey = (text: string) => /^sha256:[0-9a-f]{64}$|^(?!sha256:)[!-~]{16,256}$/i.test(text)
  const message =
    'must be keys of 16 to 256 characters without spaces, or of sha256: and 64 digits each, with commas between them'
  return z
    .string()
    .refine((text) => keysOf(text).every(isKey), message)
    .transform(keysOf)
}
