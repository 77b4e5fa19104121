import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constantModel } from '../../../packages/core/test/onnx-extractor/onnx-file.ts'

const program = fileURLToPath(new URL('describer.js', import.meta.url))
const contract = fileURLToPath(new URL('../../../tools/demo-model/model/contract.json', import.meta.url))

export interface Answer {
  readonly outcomes: readonly { readonly became: string; readonly ms: number }[]
  /** What the server reported as its own. */
  readonly failures: readonly string[]
  readonly rss: number
}

/** Two things wherever one looks, so that everything behind the network has something to do, too; the network itself costs nothing. */
const model = constantModel(
  { name: 'image', dims: [3, 'h', 'w'] },
  {
    boxes: { dims: [2, 4], data: Float32Array.of(2, 2, 30, 30, 0, 0, 200, 200) },
    labels: { dims: [2], data: BigInt64Array.of(1n, 2n) },
    scores: { dims: [2], data: Float32Array.of(0.9, 0.8) },
    masks: { dims: [2, 1, 28, 28], data: new Float32Array(2 * 28 * 28).fill(1) },
  },
)

/** The process that images are given to, seen from the test. */
export class DescriberProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<string>
  readonly #folder: string
  #said = ''

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => {
        this.#said = (this.#said + text).slice(-4000)
      })
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(`${signal ?? `exit code ${code}`}: ${this.#said}`))
    })
  }

  static async start(): Promise<DescriberProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'fuzz-images-'))
    await writeFile(join(folder, 'model.onnx'), model)
    const child = fork(program, [join(folder, 'model.onnx'), contract, folder], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    const process = new DescriberProcess(child, folder)
    await process.#message()
    return process
  }

  /** What becomes of each. @throws Error where the process ends of it, or does not answer */
  async describe(images: readonly Buffer[]): Promise<Answer> {
    this.#child.send({ images })
    return this.#message<Answer>()
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    await this.#ended
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #message<Message>(): Promise<Message> {
    const message = new Promise<Message>((resolve) => this.#child.once('message', (said) => resolve(said as Message)))
    const end = this.#ended.then((how) => Promise.reject(new Error(`The process ended by ${how}`)))
    return Promise.race([message, end])
  }
}
