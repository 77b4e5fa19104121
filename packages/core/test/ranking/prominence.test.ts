import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COCO_AXES } from '../../src/index.ts'
import { prominenceOf } from '../../src/ranking/prominence.ts'

it('is by how many photographs show an object', () => {
  const { measured } = JSON.parse(
    readFileSync(new URL('../../../../benchmarks/search/statistics.json', import.meta.url), 'utf8'),
  )
  const shares = measured.classes.split(' ').map((count: string) => Number(count) / measured.images)
  const expected = shares.map((share: number) => (share > 1 / 3 ? 1 : share > 1 / 20 ? 2 : 4))
  expect(prominenceOf(COCO_AXES)).toEqual(expected)
})

it('is that of the name, wherever its axis is', () => {
  expect(prominenceOf(['BG', 'zebra', 'person', 'car'])).toEqual([4, 4, 1, 2])
})

it('is not known where no axis is known to be common', () => {
  expect(prominenceOf(['BG', 'zebra', 'unicorn'])).toBeUndefined()
})
