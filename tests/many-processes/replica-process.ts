import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { IndexKind, Place } from './places.ts'

const program = fileURLToPath(new URL('replica/replica.js', import.meta.url))

export interface ReplicaOptions {
  readonly place: Place
  readonly kind: IndexKind
  readonly seed: number
  /** Where it keeps an index in memory, and has it from when it starts again. */
  readonly snapshot?: string | undefined
  /** Where it ends, the how manieth time it comes by there; how often, 0..1, it stops for a moment on its way. */
  readonly fate?: { readonly point?: string; readonly after?: number; readonly pauses: number }
}

/** A process with a recommender in it, seen from the test. */
export class ReplicaProcess {
  readonly options: ReplicaOptions
  readonly ready: Promise<void>
  /** By which signal it ended, or with which exit code. */
  readonly ended: Promise<string>
  hasEnded = false
  readonly #process: ChildProcess
  readonly #underWay = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>()
  #said = ''
  #calls = 0

  constructor(options: ReplicaOptions) {
    this.options = options
    const given = JSON.stringify({ ...options, fate: options.fate ?? { pauses: 0 } })
    this.#process = fork(program, [given], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      stream.on('data', (text: Buffer) => {
        this.#said += text
      })
    this.ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        this.hasEnded = true
        const how = signal ?? `exit code ${code}: ${this.#said}`
        for (const { reject } of this.#underWay.values()) reject(new Error(`The process ended: ${how}`))
        this.#underWay.clear()
        resolve(how)
      })
    })
    this.ready = new Promise((resolve, reject) => {
      this.#process.on('message', (message: { ready?: true; id?: number; answer?: never; error?: string }) => {
        if (message.ready) return resolve()
        const waiter = this.#underWay.get(message.id!)
        this.#underWay.delete(message.id!)
        if (message.error === undefined) waiter?.resolve(message.answer as never)
        else waiter?.reject(new Error(message.error))
      })
      void this.ended.then((how) => reject(new Error(`The process ended before it was ready: ${how}`)))
    })
    // Somebody waits for one of the two; that the other fails then is no news.
    this.ready.catch(() => {})
  }

  call<Answer = void>(name: string, given?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.hasEnded) return reject(new Error('The process has ended.'))
      const id = ++this.#calls
      this.#underWay.set(id, { resolve, reject })
      this.#process.send({ id, name, given }, (error) => {
        if (error) reject(error)
      })
    })
  }

  /** From outside, wherever it is. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }

  async close(): Promise<void> {
    if (!this.hasEnded) await this.call('close').catch(() => this.kill())
    await this.ended
  }
}
