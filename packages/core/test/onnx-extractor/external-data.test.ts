import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { usesExternalData } from '../../src/onnx-extractor/onnx/external-data.ts'
import { demoModel } from '../mask-rcnn/demo.ts'
import { bytes, declared, externalTensor, FLOAT, message, model, number } from './onnx-file.ts'

const external = (field: number) => externalTensor(field, 'weight', 'weights.bin')
const node = (...attribute: Buffer[]) => message(1, bytes(4, 'If'), message(5, bytes(1, 'attribute'), ...attribute))

describe('usesExternalData', () => {
  it('finds none in a model of one piece', async () => {
    expect(usesExternalData(await readFile(demoModel))).toBe(false)
  })

  it.each([
    ['an initializer', model(external(5))],
    ['a weight that says so and names no file', model(message(5, number(14, 1)))],
    ['one behind inputs', model(declared(11, 'x', FLOAT, [4]), external(5))],
    ['the values of a sparse initializer', model(message(15, external(1)))],
    ["a node's attribute", model(node(external(5)))],
    ['one of several in an attribute', model(node(external(10)))],
    ['a graph inside an attribute', model(node(message(6, node(message(11, external(5))))))],
    ['a function', Buffer.concat([model(), message(25, message(7, message(5, external(5))))])],
    ['a graph for training', Buffer.concat([model(), message(20, message(2, external(5)))])],
    ['a second piece of the same graph', Buffer.concat([model(), message(7, external(5))])],
  ])('finds it in %s', (_, file) => {
    expect(usesExternalData(file)).toBe(true)
  })

  it('finds none in a weight that says it is here', () => {
    expect(usesExternalData(model(message(5, number(14, 0))))).toBe(false)
  })

  it.each([
    ['text', Buffer.from('This is not a model.')],
    ['a length beyond the end', Buffer.concat([model(), Buffer.from([7 * 8 + 2, 100, 1])])],
    ['a number without an end', Buffer.alloc(20, 0xff)],
  ])('throws for %s', (_, file) => {
    expect(() => usesExternalData(file)).toThrow(Error)
  })

  it('throws for a file that is cut off, wherever', async () => {
    const whole = await readFile(demoModel)
    for (const share of [0.01, 0.3, 0.7, 0.999]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share))
      expect(() => usesExternalData(cut)).toThrow(Error)
    }
  })
})
