import type { Command } from 'commander'
import { CommandError, usageError } from '../command-error.ts'
import type { Act, Context } from '../context.ts'
import { exitCodes } from '../exit-code.ts'
import type { Brought } from '../gallery/bring-photos.ts'
import { parseNumber } from '../parse-values.ts'
import { duration } from '../terminal/measures.ts'
import { printReport } from '../terminal/print-report.ts'
import type { Progress } from '../terminal/progress-line.ts'

const licence = `
COCO's photos were taken from Flickr. Each has the licence that its author gave it, which COCO's annotations name; COCO does not own them.
What Flickr's terms and these licences allow is for you to heed: https://cocodataset.org/#termsofuse`

interface Flags {
  readonly limit: number
  readonly to: string
  readonly mirror: string
}

export function defineGallery(program: Command, act: Act): void {
  program
    .command('gallery')
    .description('brings photos to try it with')
    .command('coco')
    .description("brings photos of COCO's val2017 into a folder; goes on where it was stopped")
    .option('--limit <count>', 'how many there are to be, of 5000', parseNumber, 500)
    .option('--to <folder>', 'into which folder', 'coco-val2017')
    .option(
      '--mirror <address>',
      'a folder on the web that has val2017/ and zips/val2017.zip',
      'http://images.cocodataset.org/',
    )
    .addHelpText('after', licence)
    .action(act(coco))
}

async function coco({ output, signal }: Context, { limit, to, mirror }: Flags) {
  if (!Number.isInteger(limit) || limit < 1)
    throw usageError(`--limit must be a whole number from 1 on (received ${limit}).`)
  const from = folderAddress(mirror)
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  output.progress.say(`Asking ${from} for the names`)
  const { cocoNames } = await import('../gallery/coco-names.ts')
  const names = await cocoNames(from, limit, signal).catch((error) => {
    throw toldOf(error, `The names of the photos cannot be had from ${from}`, 'Give another address with --mirror.')
  })

  const { bringPhotos } = await import('../gallery/bring-photos.ts')
  const total = names.length
  let soFar: Brought = { added: 0, unchanged: 0, failed: [] }
  const there = () => `${soFar.added + soFar.unchanged} of ${total} photos are in ${to}`
  const goesOn = 'The same command goes on from there.'
  const show = (now: Brought) => {
    soFar = now
    output.progress.update({ label: 'Bringing', ...pace(now, total, seconds()) })
  }
  show(soFar)
  const { added, unchanged, failed } = await bringPhotos(new URL('val2017/', from), names, to, signal, show).catch(
    (error) => {
      if (signal.aborted) throw new CommandError('ABORTED', `Stopped: ${there()}. ${goesOn}`)
      throw toldOf(error, `Nothing comes from ${from} any more, and ${there()}`, goesOn)
    },
  )
  printReport(output, { folder: to, added, unchanged, removed: undefined, failed, seconds: seconds() }, 'photo')
  return failed.length === 0 ? exitCodes.ok : exitCodes.someFailed
}

function folderAddress(mirror: string): string {
  const address = mirror.endsWith('/') ? mirror : `${mirror}/`
  if (/^https?:/i.test(address) && URL.canParse(address)) return new URL(address).href
  throw usageError(`--mirror must be an address that begins with http:// or https:// (received "${mirror}").`)
}

/** Counted from what is brought now: what is there already takes no time. */
function pace({ added, unchanged, failed }: Brought, total: number, seconds: number): Omit<Progress, 'label'> {
  const done = added + unchanged + failed.length
  const rate = (added + failed.length) / seconds
  const rest = rate > 0 ? `  ${rate.toFixed(1)} photos/s  ${duration((total - done) / rate)} left` : ''
  return { done, total, details: `${done}/${total}${rest}` }
}

/** A failed download, or what the system says of a file, in a sentence. Anything else stays what it is. */
function toldOf(error: Error, what: string, advice: string): Error {
  if (error instanceof CommandError && error.code === 'DOWNLOAD_FAILED')
    return new CommandError(error.code, `${what}: ${error.message} ${advice}`, {
      exitCode: error.exitCode,
      cause: error,
    })
  const { syscall, code, path } = error as NodeJS.ErrnoException
  if (syscall === undefined) return error
  return new CommandError('FILE_FAILED', `${path} cannot be written (${code}).`, { cause: error })
}
