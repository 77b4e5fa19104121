import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, StartError } from '@image-recommender/server/service'
import { z } from 'zod'
import { repositoryFolder } from './places.ts'

export interface Settings {
  /** 0: any spare port. */
  readonly port: number
  readonly host: string
  /** Absolute. Everything that the server writes is below it, but for models: they go to the user's cache. */
  readonly dataFolder: string
  /** Absolute; `undefined`: the demo gallery. */
  readonly photos: string | undefined
}

export const help = `Usage: npm start -- [options]

  --photos FOLDER   recommend among your own photos instead of the demo gallery
                    (brings the real model, 46 MB, the first time)
  --port PORT       listen on this port             (or PORT=…; 3000)
  --help            show this

Environment: PORT, HOST (127.0.0.1), DATA_FOLDER (.data in the repository)`

const portSchema = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().max(65535))

const schema = z.object({
  port: portSchema.default(3000),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,255}$/)
    .default('127.0.0.1'),
  dataFolder: z.string().min(1).default(resolve(repositoryFolder, '.data')),
  photos: z.string().min(1).optional(),
})

const wanted: Record<string, string> = {
  port: 'a whole number from 0 to 65535',
  host: 'a host name or an IP address',
  dataFolder: 'the path of a folder',
  photos: 'the path of a folder',
}

/**
 * The settings from command line and environment, the command line first; relative folders start from `folder`.
 *
 * @returns `'help'` where help was asked for
 * @throws StartError naming the setting, its value and what would be right
 */
export function readSettings(
  commandLine: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Settings | 'help' {
  const options = parseCommandLine(commandLine)
  if (options.help) return 'help'
  // An empty variable is what `PORT= npm start` gives: it means "not set".
  const variable = (name: string) => environment[name]?.trim() || undefined
  const given = {
    port: options.port ?? variable('PORT'),
    host: variable('HOST'),
    dataFolder: variable('DATA_FOLDER'),
    photos: options.photos,
  }
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const key = String(parsed.error.issues[0]?.path[0]) as keyof typeof given
    const name = {
      port: options.port === undefined ? 'PORT' : '--port',
      host: 'HOST',
      dataFolder: 'DATA_FOLDER',
      photos: '--photos',
    }[key]
    throw new StartError(`${name} is ${JSON.stringify(given[key])}; it must be ${wanted[key]}.`)
  }
  const { port, host, dataFolder, photos } = parsed.data
  return {
    port,
    host,
    dataFolder: resolve(folder, dataFolder),
    photos: photos === undefined ? undefined : resolve(folder, photos),
  }
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
