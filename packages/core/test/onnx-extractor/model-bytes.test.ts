import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModel } from '../../src/onnx-extractor/model/model-bytes.ts'
import { cutGraph } from '../../src/onnx-extractor/onnx/graph-cut.ts'
import { demoModel } from '../mask-rcnn/demo.ts'
import { bytes, declared, FLOAT, message, model } from './onnx-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-bytes-'))
})
afterAll(() => rm(folder, { recursive: true }))

const source = (path: string) => ({ path, bytes: null, sha256: null, remedy: '' })
const withoutMasks = ['boxes', 'labels', 'scores']

describe('readModel', () => {
  it('gives the checksum of the whole file, with the bytes of what is wanted', async () => {
    const file = await readFile(demoModel)
    const sha256 = createHash('sha256').update(file).digest('hex')
    const whole = await readModel(source(fileURLToPath(demoModel)), [...withoutMasks, 'masks'])
    expect(whole.sha256).toBe(sha256)
    expect(file.equals(whole.bytes)).toBe(true)
    const cut = await readModel(source(fileURLToPath(demoModel)), withoutMasks)
    expect(cut.sha256).toBe(sha256)
    expect(Buffer.from(cutGraph(file, new Set(withoutMasks))).equals(cut.bytes)).toBe(true)
  })

  it('a value whose name is no text: is corrupt', async () => {
    const path = join(folder, 'names.onnx')
    const outputs = ['boxes', 'labels', 'scores', 'masks'].map((name) => declared(12, name, FLOAT, [1]))
    await writeFile(path, model(message(1, bytes(2, Buffer.from([0xff, 0xfe]))), ...outputs))
    await expect(readModel(source(path), withoutMasks)).rejects.toThrow(
      expect.objectContaining({ code: 'MODEL_CORRUPT', message: expect.stringContaining(`${path} is no ONNX file`) }),
    )
  })
})
