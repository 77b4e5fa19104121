import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Extraction } from '../../src/feature-extractor.ts'
import { maskRcnnFamily } from '../../src/mask-rcnn/mask-rcnn-family.ts'
import type { SharpFactory } from '../../src/onnx-extractor/image/decoded-image.ts'
import type { ModelSession } from '../../src/onnx-extractor/model/model-session.ts'
import { Pipeline } from '../../src/onnx-extractor/thread/pipeline.ts'
import { demoContract } from '../mask-rcnn/demo.ts'
import { plain } from './images.ts'

const family = maskRcnnFamily({ contract: demoContract, threshold: 0.7 })
const nothing = {
  scores: { data: new Float32Array(0), dims: [0] },
  labels: { data: new BigInt64Array(0), dims: [0] },
  boxes: { data: new Float32Array(0), dims: [0, 4] },
  masks: { data: new Float32Array(0), dims: [0, 1, 28, 28] },
} as unknown as Awaited<ReturnType<ModelSession['run']>>

let images: Buffer[]
beforeAll(async () => {
  images = await Promise.all(
    [1, 2, 3, 4, 5].map((at) =>
      plain(10 * at, 20)
        .png()
        .toBuffer(),
    ),
  )
})

/** A pipeline whose network finds nothing, and notes what happens; images are known by their width. */
function watched(run: () => void | Promise<void> = () => {}) {
  const events: string[] = []
  let decoding = 0
  let mostDecoding = 0
  const watchedSharp = ((image: Buffer, options: object) => {
    const pipeline = sharp(image, options)
    const toBuffer = pipeline.toBuffer.bind(pipeline) as (options: object) => Promise<unknown>
    pipeline.toBuffer = (async (options: object) => {
      events.push(`decode ${image.readUInt32BE(16) / 10}`)
      mostDecoding = Math.max(mostDecoding, ++decoding)
      try {
        return await toBuffer(options)
      } finally {
        decoding--
      }
    }) as never
    return pipeline
  }) as unknown as SharpFactory
  let runs = 0
  const session: ModelSession = {
    async run() {
      events.push(`run ${++runs}`)
      await run()
      return nothing
    },
  }
  const pipeline = new Pipeline(watchedSharp, session, family, 1_000_000)
  const add = (id: number, image: Uint8Array = images[id - 1]!) =>
    new Promise<Extraction>((done, refused) => pipeline.add({ id, image, done, refused }))
  return { pipeline, add, events, mostDecoding: () => mostDecoding }
}

describe('order', () => {
  it('begins to decode the next image before the network begins with this one, and never two at a time', async () => {
    const { add, events, mostDecoding } = watched()
    const described = await Promise.all([1, 2, 3, 4].map((id) => add(id)))
    expect(described.map(({ width }) => width)).toEqual([10, 20, 30, 40])
    expect(events).toEqual(['decode 1', 'decode 2', 'run 1', 'decode 3', 'run 2', 'decode 4', 'run 3', 'run 4'])
    expect(mostDecoding()).toBe(1)
  })

  it('describes what comes while the last one is described', async () => {
    const { add, events } = watched()
    await add(1)
    const second = add(2)
    await new Promise((resolve) => setImmediate(resolve))
    expect((await add(3)).width).toBe(30)
    expect((await second).width).toBe(20)
    expect(events.filter((event) => event.startsWith('run'))).toHaveLength(3)
  })
})

describe('refusal', () => {
  it('of one concerns no other, wherever it fails', async () => {
    let runs = 0
    const { add } = watched(() => {
      if (++runs === 2) throw new Error('no memory')
    })
    const [cut, large] = [images[4]!.subarray(0, 60), await plain(2000, 2000).png().toBuffer()]
    const outcomes = await Promise.allSettled([
      add(1),
      add(2, Buffer.from('no image')),
      add(3, cut),
      add(4, large),
      add(5, images[1]),
      add(6, images[2]),
    ])
    expect(
      outcomes.map((outcome) => outcome.status === 'fulfilled' || (outcome.reason.code ?? outcome.reason.message)),
    ).toEqual([true, 'IMAGE_UNREADABLE', 'IMAGE_UNREADABLE', 'IMAGE_TOO_LARGE', 'no memory', true])
  })
})

describe('cancel', () => {
  it('keeps from the network what has not come to it: waiting, or decoded', async () => {
    const cancelled: number[] = []
    const { pipeline, add, events } = watched(() => {
      // The second is decoded by now, the third waits; the first is beyond it.
      for (const id of [1, 2, 3]) pipeline.cancel(id)
    })
    const outcomes = await Promise.allSettled([add(1), add(2), add(3), add(4)])
    for (const [at, outcome] of outcomes.entries())
      if (outcome.status === 'rejected' && outcome.reason.code === 'ABORTED') cancelled.push(at + 1)
    expect(cancelled).toEqual([2, 3])
    expect(events).toEqual(['decode 1', 'decode 2', 'run 1', 'decode 4', 'run 2'])
  })

  it('of what is not there does nothing', async () => {
    const { pipeline, add } = watched()
    pipeline.cancel(7)
    await add(1)
    pipeline.cancel(1)
    expect((await add(1)).width).toBe(10)
  })
})

it('ends after the run that is under way, and runs nothing after it', async () => {
  let ended: Promise<void> | undefined
  const { pipeline, add, events } = watched(() => {
    ended ??= pipeline.end()
  })
  const answered: number[] = []
  for (const id of [1, 2, 3, 4])
    void add(id).then(
      () => answered.push(id),
      () => answered.push(-id),
    )
  await new Promise<void>((resolve) => {
    const look = () => (ended === undefined ? setImmediate(look) : resolve())
    look()
  })
  await ended
  expect(events).toEqual(['decode 1', 'decode 2', 'run 1'])
  expect(answered).toEqual([1])
})
