import { expect, it } from 'vitest'
import { hashTag } from '../src/prefix.ts'
import { BUCKETS, bucketOf, everyBucket, keysOf } from '../src/store/keys.ts'

it('an id is in the bucket of its CRC-32, for ever: its record would not be found in another', () => {
  // The check value of CRC-32 is cbf43926; the others are of the same polynomial, over UTF-8.
  expect(BUCKETS).toBe(64)
  expect(bucketOf('123456789')).toBe(0xcbf43926 % 64)
  expect(bucketOf('')).toBe(0)
  expect(bucketOf('a')).toBe(0xe8b7be43 % 64)
  expect(bucketOf('ä😀')).toBe(bucketOf(Buffer.from('c3a4f09f9880', 'hex').toString()))
})

it('ids are spread over all buckets', () => {
  const counts = everyBucket.map(() => 0)
  for (let at = 0; at < 64_000; at++) counts[bucketOf(`image-${at}`)]! += 1
  expect(Math.min(...counts)).toBeGreaterThan(800)
  expect(Math.max(...counts)).toBeLessThan(1200)
})

it('keys of one bucket have one hash tag, and no two stores share a key', () => {
  const prefixes = ['a', 'a:7', 'a.7', 'a:', 'a:7:records', 'records']
  const all = prefixes.flatMap((prefix) => {
    const { directory, buckets } = keysOf(prefix)
    const { staged, ...fixed } = directory
    const ofDirectory = [...Object.values(fixed), staged('w')]
    for (const key of ofDirectory) expect(key.startsWith(`${hashTag(prefix)}:`)).toBe(true)
    const ofBuckets = buckets.flatMap((keys, bucket) => {
      for (const key of [keys.records, keys.staged('w')])
        expect(key.startsWith(`${hashTag(prefix, bucket)}:`)).toBe(true)
      return [keys.records, keys.staged('w')]
    })
    return [...ofDirectory, ...ofBuckets]
  })
  expect(new Set(all).size).toBe(all.length)
})
