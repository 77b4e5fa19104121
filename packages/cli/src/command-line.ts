import { readFile } from 'node:fs/promises'
import { Command, CommanderError } from 'commander'
import { defineDoctor } from './commands/doctor.ts'
import { defineDuplicates } from './commands/duplicates.ts'
import { defineExport } from './commands/export.ts'
import { defineFind } from './commands/find.ts'
import { defineGallery } from './commands/gallery.ts'
import { defineImport } from './commands/import.ts'
import { defineIngest } from './commands/ingest.ts'
import { defineModels } from './commands/models.ts'
import { defineObjects } from './commands/objects.ts'
import { defineRemove } from './commands/remove.ts'
import { defineServe } from './commands/serve.ts'
import { defineSimilar } from './commands/similar.ts'
import { type Act, contextOf } from './context.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { failureOf } from './failure.ts'
import { hearInterruptions } from './interruption.ts'
import { withoutSecrets } from './secrets.ts'
import { addSettings, isAddress, settingsOf } from './settings.ts'
import { Output } from './terminal/output.ts'
import { printable } from './terminal/printable.ts'

const examples = `
Examples:
  image-recommender models pull mask-rcnn-r50-fpn-12-int8
  image-recommender serve ~/Pictures
  image-recommender ingest ~/Pictures
  image-recommender similar holidays/beach-42.jpg --limit 5
  image-recommender find dog frisbee=0.5 --not person
  image-recommender duplicates

Exit codes: 0 done, 1 some of it failed, 2 wrong usage, 3 no model, no store or no network, 130 interrupted.
More: https://github.com/image-recommender/image-recommender/blob/main/docs/cli.md`

/** Runs one command to its end, errors included. Never rejects. */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok
  let command: Command | undefined
  // Needed before the command line is parsed, and where it cannot be.
  const progress = args.includes('--no-progress') ? false : args.includes('--progress') || undefined
  const output = new Output({ json: args.includes('--json'), progress })
  const interruption = hearInterruptions(() => {
    if (process.stderr.isTTY) output.note('Stopping. Ctrl-C again stops at once.')
  })
  const act: Act =
    (task) =>
    async (...given) => {
      command = given.at(-1) as Command
      exitCode = await task(contextOf(command, output, interruption.signal), ...(given.slice(0, -1) as never))
    }

  try {
    await (await createProgram(act)).parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && isHelp(error))
      exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    else if (interruption.exitCode() === exitCodes.brokenPipe) exitCode = exitCodes.brokenPipe
    else exitCode = tell(error)
  } finally {
    output.progress.end()
    interruption.end()
  }
  return interruption.exitCode() ?? exitCode

  function tell(error: unknown): ExitCode {
    const store = command ? settingsOf(command).store : process.env.IMAGE_RECOMMENDER_STORE
    const address = addresses([store, ...args])
    const safe = (text: string) => address.reduce(withoutSecrets, text)
    const failure = failureOf(error, interruption.exitCode())
    const [code, message] = [failure.code, safe(failure.message)]
    const { red, bold, dim } = output.errorColors
    if (output.json) output.note(JSON.stringify({ error: { code, message } }))
    else output.note(`${bold(red(`error ${code}:`))} ${printable(message)}`)
    if (args.includes('--debug')) output.note(dim(safe(stackOf(error))))
    return failure.exitCode
  }
}

async function createProgram(act: Act): Promise<Command> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const program = new Command('image-recommender')
    .description('Recommends images by what is in them, and says why.')
    .version(version)
    .addHelpText('after', examples)
    .exitOverride()
    // Told by `tell`, as every other error is.
    .configureOutput({ outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
  addSettings(program)
  for (const define of [
    defineIngest,
    defineServe,
    defineSimilar,
    defineFind,
    defineObjects,
    defineDuplicates,
    defineRemove,
    defineExport,
    defineImport,
    defineModels,
    defineGallery,
    defineDoctor,
  ]) {
    define(program, act)
  }
  return program
}

function isHelp({ code }: CommanderError): boolean {
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code)
}

function addresses(values: readonly (string | undefined)[]): string[] {
  return values
    .map((value) => value?.replace(/^--store=/, ''))
    .filter((value): value is string => value !== undefined && isAddress(value))
}

/** With what caused it, and what caused that. */
function stackOf(error: unknown): string {
  const stacks: string[] = []
  for (let at: unknown = error; at instanceof Error && stacks.length < 8; at = at.cause)
    stacks.push(at.stack ?? at.message)
  return stacks.length === 0 ? String(error) : stacks.join('\ncaused by ')
}
