import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyPictures, demoModel, type RunOptions, run, temporaryFolder } from './command.ts'

let folder: string
const command = (args: readonly string[], more: Omit<RunOptions, 'folder'> = {}) => run(args, { folder, ...more })

beforeAll(async () => {
  folder = await temporaryFolder()
  await copyPictures(join(folder, 'photos'), /^(beach|farm)-00[12]/)
  await command(['ingest', 'photos'])
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Fails with one line that begins like this, and prints nothing else. */
async function fails(args: readonly string[], code: number, message: string | RegExp, env?: Record<string, string>) {
  const finished = await command(args, env ? { env } : {})
  expect(finished.out).toBe('')
  expect(finished.err).toMatch(/^error [A-Z_]+: [^\n]+\n$/)
  if (typeof message === 'string') expect(finished.err).toContain(message)
  else expect(finished.err).toMatch(message)
  expect(finished.code).toBe(code)
}

it('refuses what is no command and no option, with the nearest that is', async () => {
  await fails(['ingst', 'photos'], 2, "error USAGE: unknown command 'ingst'. Did you mean ingest?")
  await fails(['objects', '--jsno'], 2, "error USAGE: unknown option '--jsno'. Did you mean --json?")
  await fails(['similar'], 2, "error USAGE: missing required argument 'image'.")
  await fails(['objects', 'dog'], 2, 'error USAGE: too many arguments')
  await fails(['similar', 'beach-001.webp', '--limit', 'ten'], 2, "argument 'ten' is invalid. It must be a number.")
})

it('refuses values that cannot be', async () => {
  await fails(['similar', 'beach-001.webp', '--limit', '0'], 2, 'limit: must be a whole number from 1 to 1000')
  await fails(['similar', 'beach-001.webp', '--weights', 'colors'], 2, '"colors" must be name=number.')
  await fails(['similar', 'beach-001.webp', '--weights', 'smell=1'], 2, 'smell')
  await fails(['duplicates', '--bits', '9'], 2, 'bits: must be a whole number from 0 to 7')
})

it('shows its help where nothing is asked for', async () => {
  const nothing = await command([])
  expect(nothing).toMatchObject({ code: 2, out: '' })
  expect(nothing.err).toMatch(/^Usage: image-recommender/)
  const help = await command(['--help'])
  expect(help).toMatchObject({ code: 0, err: '' })
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  expect((await command(['--version'])).out).toBe(`${version}\n`)
})

it('names the nearest objects', async () => {
  await fails(['find', 'dgo'], 2, /^error INVALID_ARGUMENT: "dgo" is no object of this space; the nearest are .*"dog"/)
  await fails(['find', 'dog', '--not', 'persn'], 2, /"persn" is no object .*"person"/)
  await fails(['find', 'dog', '--without', 'hot-dog'], 2, /"hot-dog" is no object .*"hot dog"/)
  await fails(['find', 'dog=much'], 2, '"dog=much" must be a name, or name=number.')
})

it('says what is wrong with a folder or a file', async () => {
  await fails(['ingest', 'nowhere'], 2, 'error FOLDER_NOT_FOUND: The folder nowhere is not there.')
  await fails(['ingest', 'photos/beach-001.webp'], 2, 'is no folder')
  await fails(['similar', 'nowhere.jpg'], 1, 'error IMAGE_NOT_FOUND: No image "nowhere.jpg" is stored')
  await writeFile(join(folder, 'text.jpg'), 'text')
  await fails(['similar', 'text.jpg'], 1, 'error IMAGE_UNREADABLE: ')
  await fails(['import', 'nowhere.jsonl'], 2, 'error FILE_FAILED: nowhere.jsonl cannot be read (ENOENT).')
  await fails(['import', 'photos'], 1, /error FILE_FAILED: photos cannot be read \(EISDIR\)/)
})

it.skipIf(process.getuid?.() === 0)('tells of a folder that may not be read', async () => {
  await mkdir(join(folder, 'guarded/inner'), { recursive: true })
  await chmod(join(folder, 'guarded/inner'), 0)
  const finished = await command(['ingest', 'guarded', '--json'])
  expect(finished.code).toBe(1)
  expect(finished.json().failed).toMatchObject([{ id: 'inner/', code: 'EACCES' }])
})

it('says what is wrong with model and contract', async () => {
  const { contract } = demoModel
  await fails(['ingest', 'photos', '--model', 'nowhere.onnx'], 3, 'error MODEL_UNAVAILABLE: There is no model file')
  await fails(['ingest', 'photos', '--contract', 'nowhere.json'], 2, '--contract nowhere.json cannot be read (ENOENT)')
  const known = ['--model', 'mask-rcnn-r50-fpn-12-int8', '--model-cache', 'cache']
  const pull = 'Bring it with: image-recommender models pull mask-rcnn-r50-fpn-12-int8'
  await fails(['ingest', 'photos', ...known], 3, pull, { IMAGE_RECOMMENDER_CONTRACT: '' })
  await fails(['models', 'pull', 'resnet'], 2, '"resnet" is no known model. Known are: mask-rcnn-r50-fpn-12')

  const wrong = async (change: object) => {
    const whole = JSON.parse(await readFile(contract, 'utf8'))
    await writeFile(join(folder, 'wrong.json'), JSON.stringify({ ...whole, ...change }))
    return ['ingest', 'photos', '--contract', 'wrong.json', '--store', 'never-made']
  }
  await fails(await wrong({ axes: 'none' }), 2, 'wrong.json is no contract')
  await fails(await wrong({ axes: ['dog'] }), 2, /error INVALID_ARGUMENT: options: contract\.axes/)
  const outputs = { boxes: 'nothing', labels: 'labels', scores: 'scores', masks: null }
  await fails(await wrong({ outputs }), 3, /error MODEL_CORRUPT: .*nothing/)
  await fails(['ingest', 'photos', '--model', 'photos/beach-001.webp'], 3, 'error MODEL_CORRUPT: ')
  // Nothing is made where the model is not to be had.
  await fails(['objects', '--store', 'never-made'], 3, 'error NO_STORE: ')
})

it('tells errors as JSON where JSON is asked for, and the stack where that is', async () => {
  const json = await command(['find', 'dgo', '--json'])
  expect(JSON.parse(json.err)).toEqual({
    error: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('"dgo" is no object') },
  })
  expect(JSON.parse((await command(['ingst', '--json'])).err).error.code).toBe('USAGE')
  const debug = await command(['find', 'dgo', '--debug'])
  expect(debug.err).toMatch(/\n {4}at /)
})

it('shows names as they are, and never as commands to the terminal', async () => {
  const { err } = await command(['similar', 'a\x1b[31mred\n\u202ebidi'])
  expect(err).toContain('a\\u{1b}[31mred\\u{a}\\u{202e}bidi')
  expect(err).not.toContain('\x1b')
})

it('takes settings from the environment, the command line first', async () => {
  const env = { IMAGE_RECOMMENDER_STORE: 'elsewhere' }
  await fails(['objects'], 3, `There is no store in ${join(folder, 'elsewhere')}`, env)
  expect((await command(['objects', '--store', '.image-recommender'], { env })).code).toBe(0)
  expect((await command(['objects'], { env: { IMAGE_RECOMMENDER_STORE: '' } })).code).toBe(0)
})
