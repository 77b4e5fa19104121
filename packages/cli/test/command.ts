import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const main = fileURLToPath(new URL('../dist/image-recommender.js', import.meta.url))
const demo = (name: string) => fileURLToPath(new URL(`../../../tools/demo-model/${name}`, import.meta.url))
export const gallery = demo('gallery')
export const demoModel = { model: demo('model/demo-mask-rcnn.onnx'), contract: demo('model/contract.json') }

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** The one document that was printed. */
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests look at
  json(): any
}

export interface RunOptions {
  readonly folder: string
  readonly env?: Record<string, string>
  /** What comes on stdin; `null`: nothing, and no end. */
  readonly input?: string | Uint8Array | null
}

/** What a process of the command sees: the demo's model, and nothing of whoever runs the tests. */
export function environment(env: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(IMAGE_RECOMMENDER_|ORT_|NO_COLOR|FORCE_COLOR|TERM$|CI$)/.test(entry[0]),
  )
  return {
    ...Object.fromEntries(inherited),
    IMAGE_RECOMMENDER_MODEL: demoModel.model,
    IMAGE_RECOMMENDER_CONTRACT: demoModel.contract,
    ...env,
  }
}

/** The built command as a process of its own, its output through pipes. */
export function start(args: readonly string[], { folder, env, input }: RunOptions) {
  if (!existsSync(main)) throw new Error('packages/cli is not built; `npm test` does that first.')
  const child: ChildProcess = spawn(process.execPath, [main, ...args], { cwd: folder, env: environment(env) })
  let [out, err] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (chunk) => {
    out += chunk
  })
  child.stderr!.setEncoding('utf8').on('data', (chunk) => {
    err += chunk
  })
  child.stdin!.on('error', () => {})
  if (input !== null) child.stdin!.end(input ?? '')
  const closed = once(child, 'close')
  return {
    child,
    /** What stdout has so far. */
    out: () => out,
    /** Waits until stderr has what fits. */
    async saying(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(err)
        if (found) return found
        const over = await Promise.race([once(child.stderr!, 'data').then(() => false), closed.then(() => true)])
        if (over && !pattern.test(err)) throw new Error(`It ended without saying ${pattern}:\n${out}\n${err}`)
      }
    },
    async finished(): Promise<Finished> {
      const [code] = await closed
      return { code, out, err, json: () => JSON.parse(out) }
    },
  }
}

export const run = (args: readonly string[], options: RunOptions): Promise<Finished> => start(args, options).finished()

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'image-recommender-cli-'))
}

/** Copies drawings of the gallery whose names fit into a folder, and gives their ids in it. */
export async function copyPictures(to: string, fitting: RegExp): Promise<string[]> {
  await mkdir(to, { recursive: true })
  const names = (await readdir(gallery)).filter((name) => fitting.test(name)).sort()
  for (const name of names) await copyFile(join(gallery, name), join(to, name))
  return names
}
