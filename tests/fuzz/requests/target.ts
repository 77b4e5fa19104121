import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoGallery } from '../../../examples/server/src/places.ts'
import { type ServerProcess, startProcess } from '../../../examples/server/test/server-process.ts'
import { exchange, type HttpAnswer } from './exchange.ts'

/** Photos that are there from the beginning, so that requests can name them. */
export const PHOTOS = ['park-001.webp', 'farm-001.webp', 'farm-002.webp', 'kitchen-001.webp']

/** The example's server as a process of its own, with its real database and model. */
export class Target {
  readonly #server: ServerProcess
  readonly #folder: string
  readonly port: number
  readonly statuses = new Map<number, number>()

  private constructor(server: ServerProcess, folder: string) {
    this.#server = server
    this.#folder = folder
    this.port = Number(/http:\/\/\S+:(\d+)\//.exec(server.output())![1])
  }

  static async start(): Promise<Target> {
    const folder = await mkdtemp(join(tmpdir(), 'fuzz-requests-'))
    const photos = join(folder, 'photos')
    await mkdir(photos)
    const there = new Set(await readdir(demoGallery))
    for (const name of PHOTOS) if (there.has(name)) await copyFile(join(demoGallery, name), join(photos, name))
    const environment = { DATA_FOLDER: join(folder, 'data'), MODEL: 'demo', MAX_UPLOAD_MB: '1', WORKERS: '1' }
    const server = startProcess(['--photos', photos], environment)
    await server.printed('Ready')
    return new Target(server, folder)
  }

  /** Sends it. @param whole that it is a whole request @returns what is wrong with how the server took it; nothing where all is well */
  async complaint(bytes: Uint8Array, whole = false): Promise<string | undefined> {
    let answers: HttpAnswer[]
    try {
      answers = await exchange(this.port, bytes, whole)
    } catch (error) {
      return (error as Error).message
    }
    for (const { status } of answers) this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    const errors = this.#server.errors()
    if (errors !== '') return `It wrote ${errors.slice(0, 2000)}`
    return answers.map((answer) => this.#wrong(answer)).find((wrong) => wrong !== undefined)
  }

  /** What is left of uploads is deleted, so that the last of many requests meets a collection as small as the first. */
  async tidy(): Promise<void> {
    const url = `http://127.0.0.1:${this.port}`
    for (;;) {
      const { images } = (await (await fetch(`${url}/v1/sample?count=100`)).json()) as { images: { id: string }[] }
      const uploads = images.filter(({ id }) => !PHOTOS.includes(id))
      if (uploads.length === 0) return
      await Promise.all(uploads.map(({ id }) => fetch(`${url}/v1/images/${id}`, { method: 'DELETE' })))
    }
  }

  /** What the process has of the machine's memory. */
  async memory(): Promise<number> {
    const metrics = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text()
    return Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)![1])
  }

  /** Stops it as a balancer would. @returns its exit code and what it has said of errors */
  async stop(): Promise<{ code: number | null; errors: string }> {
    const code = await this.#server.ended('SIGTERM')
    await rm(this.#folder, { recursive: true, force: true })
    return { code, errors: this.#server.errors() }
  }

  #wrong({ status, head, body }: HttpAnswer): string | undefined {
    const shown = `${head}\n\n${body.slice(0, 1000)}`
    if (status >= 500 && status !== 503) return `A failure of its own: ${shown}`
    if (status === 503 && !/"code":"(OVERLOADED|STOPPING)"/.test(body)) return `Busy, but not because it is: ${shown}`
    if (status < 400) return undefined
    if (/node_modules|\bat \S+ \(|:\d+:\d+|\/tmp\//.test(body) || body.includes(this.#folder)) {
      return `It tells where it lives: ${shown}`
    }
    // A HEAD has none, nor has what Node itself says to whoever names no host.
    if (body === '' || body === '0\r\n\r\n' || /^\{"error":\{"code":"[A-Z_]+","message":"/.test(body)) return undefined
    return status === 404 && body.startsWith('<!doctype html>') ? undefined : `An error in other words: ${shown}`
  }
}
