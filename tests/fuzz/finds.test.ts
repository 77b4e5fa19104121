import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keptFinds } from './finds.ts'
import { DescriberProcess } from './images/describer-process.ts'
import { isFine } from './images/fine.ts'

const images = await keptFinds('images')

describe('images that once were too much', () => {
  let describer: DescriberProcess
  beforeAll(async () => {
    describer = await DescriberProcess.start()
  })
  afterAll(() => describer.close())

  it('are there', () => {
    expect(images.length).toBeGreaterThan(0)
  })

  it.each(images)('$name', async ({ bytes }) => {
    const { outcomes, failures } = await describer.describe([bytes])
    expect(outcomes[0]!.became).toSatisfy(isFine)
    expect(failures).toEqual([])
  })
})
