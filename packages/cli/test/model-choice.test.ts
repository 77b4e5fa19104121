import { readFile } from 'node:fs/promises'
import { createMaskRcnnExtractor, KNOWN_MODELS } from '@image-recommender/core/mask-rcnn'
import { expect, it } from 'vitest'
import { chooseModel } from '../src/model/model-choice.ts'
import { demoModel } from './command.ts'

const settings = { store: 'none', modelCache: undefined, json: false, debug: false, contract: undefined }

it('knows the space of a model without loading it', async () => {
  const choice = await chooseModel({ ...settings, ...demoModel })
  const extractor = await choice.load({ workers: 1 })
  const { id, axes, threshold } = extractor.space
  expect(await choice.space()).toEqual({ id, axes, threshold })
  await extractor.close()
  // What the extractor takes where nobody gives a threshold.
  const plain = await createMaskRcnnExtractor({
    model: demoModel.model,
    contract: JSON.parse(await readFile(demoModel.contract, 'utf8')),
    workers: 1,
  })
  expect(plain.space).toEqual({ id, axes, threshold })
  await plain.close()
})

it('knows the space of a known model without its file', async () => {
  const { id } = await (await chooseModel({ ...settings, model: 'faster-rcnn-r50-fpn-12' })).space()
  const { sha256, contract } = KNOWN_MODELS['faster-rcnn-r50-fpn-12']
  expect(id).toBe(`${contract.name}/${sha256.slice(0, 8)}/${contract.input.shortSide}`)
})
