import { RecommenderError } from '../../errors.ts'
import type { Extraction } from '../../feature-extractor.ts'
import { nextTurn } from '../../next-turn.ts'
import { appearance } from '../image/appearance.ts'
import { beginDecoding, type DecodingImage, type SharpFactory } from '../image/decoded-image.ts'
import { type Size, scaledSize } from '../image/framing.ts'
import { inputTensorMaker } from '../image/input-tensor.ts'
import type { ModelSession } from '../model/model-session.ts'
import type { ModelFamily } from '../model-family.ts'

/** An image, and where its answer goes: one of the two is called, once. */
export interface Task {
  readonly id: number
  readonly image: Uint8Array
  readonly done: (extraction: Extraction) => void
  readonly refused: (error: unknown) => void
}

interface Begun {
  readonly task: Task
  readonly decoding: DecodingImage
}

/**
 * Describes images on this thread, one after the other. While the network computes one, which blocks the thread, the next
 * is decoded in libuv's threads. For that its header must have been read before, so a third image should wait here by then.
 * However many wait, one is decoded at a time, and of one more there are scaled pixels: this bounds the memory, and leaves
 * the rest of the process its share of libuv's threads.
 */
export class Pipeline {
  readonly #sharp: SharpFactory
  readonly #session: ModelSession
  readonly #family: ModelFamily
  readonly #maxPixels: number
  readonly #inputTensor: ReturnType<typeof inputTensorMaker>
  #waiting: Task[] = []
  readonly #cancelled = new Set<Task>()
  #underWay: Task[] = []
  #ending = false
  #work: Promise<void> | undefined

  constructor(sharp: SharpFactory, session: ModelSession, family: ModelFamily, maxPixels: number) {
    this.#sharp = sharp
    this.#session = session
    this.#family = family
    this.#maxPixels = maxPixels
    this.#inputTensor = inputTensorMaker(family.input.pixels, family.input.framing)
  }

  add(task: Task): void {
    this.#waiting.push(task)
    this.#work ??= this.#describeAll()
  }

  /** What has not come to the network yet does not come to it any more, and is refused with `ABORTED`. */
  cancel(id: number): void {
    const waiting = this.#waiting.find((task) => task.id === id)
    const begun = this.#underWay.find((task) => task.id === id)
    if (begun !== undefined) this.#cancelled.add(begun)
    if (waiting === undefined) return
    this.#waiting = this.#waiting.filter((task) => task !== waiting)
    waiting.refused(cancellation())
  }

  /** Nothing is answered any more. Resolves when neither the network nor the decoder works any more. */
  async end(): Promise<void> {
    this.#ending = true
    this.#waiting = []
    await this.#work
  }

  async #describeAll(): Promise<void> {
    let next: Begun | undefined
    for (;;) {
      const current = next ?? (await this.#begin())
      if (current === undefined) break
      // Decoded before the next one is begun: one at a time.
      await current.decoding.pixels.catch(() => {})
      // What was sent while the network computed is read here.
      await nextTurn()
      const begun = this.#begin()
      await this.#finish(current, begun)
      next = await begun
    }
    this.#work = undefined
  }

  /** The next image that can be decoded; the others are refused. */
  async #begin(): Promise<Begun | undefined> {
    const { framing } = this.#family.input
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) {
      this.#underWay.push(task)
      try {
        const scaled = (size: Size) => scaledSize(size, framing)
        return { task, decoding: await beginDecoding(this.#sharp, task.image, this.#maxPixels, scaled) }
      } catch (error) {
        this.#leave(task)
        task.refused(error)
      }
    }
    return undefined
  }

  /** @param next of which the header is read while this thread has something to do, and the pixels during the run */
  async #finish({ task, decoding }: Begun, next: Promise<unknown>): Promise<void> {
    try {
      const image = { ...decoding, pixels: await decoding.pixels }
      const { values, ...input } = this.#inputTensor(image.pixels, image.scaled)
      const looks = appearance(image.pixels)
      await next
      if (this.#ending) return
      if (this.#cancelled.has(task)) throw cancellation()
      const result = await this.#session.run(values, input.width, input.height)
      task.done({ ...this.#family.describe(image, result, input), appearance: looks })
    } catch (error) {
      task.refused(error)
    } finally {
      this.#leave(task)
    }
  }

  #leave(task: Task): void {
    this.#underWay = this.#underWay.filter((other) => other !== task)
    this.#cancelled.delete(task)
  }
}

function cancellation(): RecommenderError {
  return new RecommenderError('ABORTED', 'The extraction was aborted by its signal.')
}
