import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { inputFraming } from '../../src/mask-rcnn/mask-rcnn-family.ts'
import { scaledSize } from '../../src/onnx-extractor/image/framing.ts'
import { inputTensorMaker } from '../../src/onnx-extractor/image/input-tensor.ts'
import { cutGraph } from '../../src/onnx-extractor/onnx/graph-cut.ts'
import { demoContract, demoModel, scene } from '../mask-rcnn/demo.ts'
import { decodeImage } from './decode-image.ts'
import { bytes, constantModel, declared, FLOAT, message, model, number, tensor } from './onnx-file.ts'

const node = (inputs: string[], outputs: string[], ...more: Buffer[]) =>
  message(
    1,
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, 'Add'),
    ...more,
  )
const weight = (name: string, field = 5) => tensor(field, name, { dims: [2], data: Float32Array.of(1, 2) })
const input = (name: string) => declared(11, name, FLOAT, [2])
const output = (name: string) => declared(12, name, FLOAT, [2])
const described = (name: string) => declared(13, name, FLOAT, [2])

/** What is left of a graph with the outputs `wanted` and `other` when `wanted` is wanted. */
const cut = (...graph: Buffer[]) => Buffer.from(cutGraph(model(...graph, output('wanted'), output('other')), wanted))
const whole = (...graph: Buffer[]) => model(...graph, output('wanted'))
const wanted = new Set(['wanted'])

describe('cutGraph', () => {
  it('takes out nodes, weights and declarations that only other outputs need, and what nobody needs', () => {
    const both = [input('image'), weight('shared'), node(['image', 'shared'], ['trunk']), described('trunk')]
    const head = [weight('w'), node(['trunk', 'w'], ['a']), described('a'), node(['a'], ['wanted'])]
    const others = [weight('v'), node(['trunk', 'v'], ['b']), described('b'), node(['b'], ['other'])]
    const dead = [weight('u'), node(['trunk', 'u'], ['nothing']), described('nothing')]
    expect(cut(...both, ...others, ...head, ...dead)).toEqual(whole(...both, ...head))
    expect(cut(...dead, ...head, ...others, ...both)).toEqual(whole(...head, ...both))
  })

  it('keeps what is unknown to it, wherever it lies, to the byte', () => {
    const unknown = [bytes(16, 'metadata'), number(900, 7), message(901, bytes(1, 'new'))]
    const needed = node(['image'], ['wanted'], ...unknown)
    const before = Buffer.concat([bytes(2, 'producer'), number(902, 300)])
    const after = Buffer.concat([
      message(14, bytes(1, 'key'), bytes(2, 'value')),
      Buffer.from([0xf5, 0x38, 1, 2, 3, 4]),
    ])
    const file = (...graph: Buffer[]) => Buffer.concat([before, model(...graph, ...unknown), after])
    const given = file(input('image'), needed, node(['image'], ['other']), output('wanted'), output('other'))
    expect(Buffer.from(cutGraph(given, wanted))).toEqual(file(input('image'), needed, output('wanted')))
  })

  it('keeps what graphs inside a node take from around them, however deep', () => {
    const inside = (...graph: Buffer[]) => message(5, bytes(1, 'then_branch'), message(6, ...graph))
    const loops = (...graph: Buffer[]) => message(5, bytes(1, 'bodies'), message(11, ...graph))
    const branch = inside(
      node(['captured'], ['c']),
      node(['c'], ['d'], loops(node(['deep'], ['e']))),
      output('passed on'),
    )
    const kept = [weight('captured'), weight('deep'), weight('passed on'), node(['image'], ['wanted'], branch)]
    expect(cut(...kept, weight('v'), node(['v'], ['other']))).toEqual(whole(...kept))
  })

  it('keeps inputs, needed or not, but not those that only name a weight which goes', () => {
    const kept = [input('image'), input('size'), input('w'), weight('w'), node(['image', 'w'], ['wanted'])]
    const gone = [input('v'), weight('v'), input('s'), message(15, weight('s', 1)), node(['v', 's'], ['other'])]
    expect(cut(...kept, ...gone)).toEqual(whole(...kept))
  })

  it('keeps sparse weights, and the annotations of what stays with the scales that they name', () => {
    const annotation = (name: string, scale: string) =>
      message(14, bytes(1, name), message(2, bytes(1, 'SCALE_TENSOR'), bytes(2, scale)))
    const kept = [message(15, weight('s', 1)), node(['s'], ['wanted']), annotation('s', 'scale'), weight('scale')]
    const gone = [node(['v'], ['other']), annotation('v', 'v scale'), weight('v scale'), weight('v')]
    expect(cut(...kept, ...gone)).toEqual(whole(...kept))
  })

  it('keeps a node for one of its outputs, with what declares the others; optional values left out connect nothing', () => {
    const kept = [node(['image', ''], ['wanted', '', 'index']), described('index')]
    expect(cut(...kept, node(['x'], ['', 'other']))).toEqual(whole(...kept))
  })

  it('sees a graph that comes in pieces as one', () => {
    const piece = (...graph: Buffer[]) => message(7, ...graph)
    const head = [node(['trunk'], ['wanted']), output('wanted')]
    const file = Buffer.concat([piece(weight('w'), weight('v'), output('other')), bytes(3, '1'), piece(...head)])
    const trunk = Buffer.concat([file, piece(node(['w'], ['trunk']), node(['v'], ['other']))])
    expect(Buffer.from(cutGraph(trunk, wanted))).toEqual(
      Buffer.concat([piece(weight('w')), bytes(3, '1'), piece(...head), piece(node(['w'], ['trunk']))]),
    )
  })

  it('leaves alone a model that lacks one of the outputs, or has no others, dead nodes included', () => {
    const file = model(node(['image'], ['wanted']), node(['image'], ['dead']), output('wanted'))
    const before = Buffer.from(file)
    expect(cutGraph(file, wanted)).toBe(file)
    expect(cutGraph(file, new Set(['wanted', 'missing']))).toBe(file)
    expect(file).toEqual(before)
  })

  it('needs no second copy', () => {
    const file = model(weight('v'), node(['v'], ['other']), node([], ['wanted']), output('other'), output('wanted'))
    const result = cutGraph(file, wanted)
    expect([result.buffer, result.byteOffset]).toEqual([file.buffer, file.byteOffset])
    expect(result.length).toBeLessThan(file.length)
  })

  it('throws for a file that is cut off, wherever, and leaves it as it was', async () => {
    const demo = await readFile(demoModel)
    for (const share of [0.01, 0.3, 0.7, 0.999]) {
      const file = demo.subarray(0, Math.floor(demo.length * share))
      const before = Buffer.from(file)
      expect(() => cutGraph(file, new Set(['boxes']))).toThrow(Error)
      expect(file.equals(before)).toBe(true)
    }
  })

  it('keeps of any graph just the nodes from which a path leads to an output that is wanted', () => {
    const graphs = fc.array(fc.uniqueArray(fc.nat(19), { maxLength: 3 }), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.nat()), (inputsOf, chance) => {
        const nodes = inputsOf.map((inputs, at) =>
          node(
            inputs.map((input) => `${input}`),
            [`${at}`],
          ),
        )
        const last = nodes.length - 1
        const order = [...nodes.keys()].map((at) => ({ at, by: chance.next().value! })).sort((a, b) => a.by - b.by)
        const file = (present: (at: number) => boolean, ...outputs: Buffer[]) =>
          model(...order.filter(({ at }) => present(at)).map(({ at }) => nodes[at]!), ...outputs)

        // Backwards along the edges, step by step until nothing is added.
        const reached = new Set([last])
        for (let before = -1; before !== reached.size; ) {
          before = reached.size
          for (const at of [...reached]) for (const input of inputsOf[at] ?? []) reached.add(input)
        }
        const given = file(() => true, output(`${last}`), output('0'))
        expect(Buffer.from(cutGraph(given, new Set([`${last}`])))).toEqual(
          file((at) => reached.has(at), output(`${last}`)),
        )
      }),
    )
  })
})

describe('the demo model without its masks', () => {
  const outputs = ['boxes', 'labels', 'scores']

  it('computes the same boxes, labels and scores, to the last bit', async () => {
    const complete = await InferenceSession.create(await readFile(demoModel))
    const file = await readFile(demoModel)
    const cut = await InferenceSession.create(cutGraph(file, new Set(outputs)))
    expect(complete.outputNames).toEqual([...outputs, 'masks'])
    expect(cut.outputNames).toEqual(outputs)
    const framing = inputFraming(demoContract.input)
    const inputTensor = inputTensorMaker(demoContract.input, framing)
    let found = 0
    for (const at of [0, 60, 120, 180, 240, 300, 360]) {
      const { pixels, scaled } = await decodeImage(sharp, await scene(at), 1e6, (size) => scaledSize(size, framing))
      const { values, width, height } = inputTensor(pixels, scaled)
      const image = new Tensor('float32', values, [3, height, width])
      const [expected, actual] = [await complete.run({ image }), await cut.run({ image })]
      for (const name of outputs) expect(actual[name]!.data).toEqual(expected[name]!.data)
      found += expected.scores!.dims[0]!
    }
    expect(found).toBeGreaterThan(20)
  })

  it('is smaller by the weights of its mask head, and is cut to nothing but a constant where that is all', async () => {
    const file = await readFile(demoModel)
    const before = file.length
    expect(before - cutGraph(file, new Set(outputs)).length).toBeGreaterThan(100_000)
    const constant = { dims: [1], data: Float32Array.of(1) }
    const image = { name: 'image', dims: [3] }
    const two = constantModel(image, { scores: constant, masks: constant })
    expect(Buffer.from(cutGraph(two, new Set(['scores'])))).toEqual(constantModel(image, { scores: constant }))
  })
})
