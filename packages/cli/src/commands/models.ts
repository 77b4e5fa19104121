import { stat } from 'node:fs/promises'
import type { Command } from 'commander'
import { usageError } from '../command-error.ts'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import { megabytes } from '../terminal/measures.ts'
import { table } from '../terminal/table.ts'

interface PullFlags {
  readonly mirror?: string
}

export function defineModels(program: Command, act: Act): void {
  const models = program
    .command('models')
    .description('lists the models that are known by name, or brings one')
    .allowExcessArguments(false)
    .action(act(list))
  models
    .command('pull')
    .description('brings a known model into the cache; goes on where it was stopped')
    .argument('<name>', 'as `models` lists it')
    .option('--mirror <address>', 'a folder on the web that has a file of the same name')
    .action(act(pull))
}

async function list({ settings, output }: Context) {
  const { KNOWN_MODELS } = await import('@image-recommender/core/mask-rcnn')
  const { cachedPath } = await import('../model/model-choice.ts')
  const models = await Promise.all(
    Object.values(KNOWN_MODELS).map(async ({ name, bytes, licence, url }) => {
      const path = cachedPath(name, settings.modelCache)
      const size = await stat(path).then(
        (found) => found.size,
        () => undefined,
      )
      return { name, bytes, licence, url, path, cached: size === bytes }
    }),
  )
  if (output.json) {
    output.printJson({ models })
    return exitCodes.ok
  }
  const { green, dim } = output.colors
  const rows = models.map(({ name, bytes, licence, cached }) => [
    name,
    megabytes(bytes).padStart(7),
    licence,
    cached ? green('in the cache') : dim('not in the cache'),
  ])
  for (const line of table(rows)) output.print(line)
  return exitCodes.ok
}

async function pull({ settings, output, signal }: Context, name: string, { mirror }: PullFlags) {
  const { KNOWN_MODELS, pullModel } = await import('@image-recommender/core/mask-rcnn')
  const { knownModel } = await import('../model/model-choice.ts')
  const known = knownModel(name)
  if (!known) throw usageError(`"${name}" is no known model. Known are: ${Object.keys(KNOWN_MODELS).join(', ')}.`)
  const path = await pullModel(known, {
    cacheFolder: settings.modelCache,
    baseUrl: mirror,
    signal,
    onProgress: ({ received, total }) =>
      output.progress.update({
        label: 'Bringing',
        done: received,
        total,
        details: `${megabytes(received)} of ${megabytes(total)}`,
      }),
  })
  if (output.json) output.printJson({ name, path, bytes: known.bytes })
  else output.print(`${name} is in ${path}`)
  return exitCodes.ok
}
