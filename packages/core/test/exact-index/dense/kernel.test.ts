import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import loadWabt from 'wabt'

const folder = new URL('../../../src/exact-index/dense/', import.meta.url)

it('kernel-bytes.ts is kernel.wat, assembled (to write it anew: npx vitest run -u kernel.test)', async () => {
  const source = readFileSync(new URL('kernel.wat', folder))
  const module = (await loadWabt()).parseWat('kernel.wat', source, { simd: true })
  const { buffer } = module.toBinary({ write_debug_names: false })
  const base64 = Buffer.from(buffer).toString('base64')
  const text = `// Generated from kernel.wat by kernel.test.ts.\nexport const kernelBytes =\n  '${base64}'\n`
  await expect(text).toMatchFileSnapshot(fileURLToPath(new URL('kernel-bytes.ts', folder)))
})
