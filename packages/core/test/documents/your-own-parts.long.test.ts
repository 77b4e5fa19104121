import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

/** The parts that docs/your-own-parts.md shows pass the contracts by the tests that it shows: all of it is taken from the page. */
const page = readFileSync(new URL('../../../../docs/your-own-parts.md', import.meta.url), 'utf8')
const folder = fileURLToPath(new URL('.docs-check/', import.meta.url))
const files = [...page.matchAll(/^```ts \[([\w.-]+)\]\n([\s\S]*?)^```$/gm)].map(([, name, code]) => ({
  name: name!,
  code: code!,
}))

mkdirSync(folder, { recursive: true })
for (const { name, code } of files) writeFileSync(`${folder}${name}`, code)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Their suites register here, as they do in whichever file imports them.
for (const { name } of files) if (name.endsWith('.test.ts')) await import(/* @vite-ignore */ `${folder}${name}`)

it('make a recommender together', async () => {
  const { recommender } = await import(/* @vite-ignore */ `${folder}together.ts`)
  const sharp = (await import('sharp')).default
  const plain = (background: string) =>
    sharp({ create: { width: 9, height: 6, channels: 3, background } })
      .png()
      .toBuffer()
  await recommender.addAll([
    { id: 'red', image: await plain('#c00000') },
    { id: 'blue', image: await plain('#0000c0') },
    { id: 'dark red', image: await plain('#d00000') },
  ])
  expect((await recommender.similarTo('red')).items[0].id).toBe('dark red')
  await recommender.close()
})
