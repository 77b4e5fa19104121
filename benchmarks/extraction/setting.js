/** What all parts of this benchmark share: which model, which images, and programs that start with the timed network. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createMaskRcnnExtractor } from '../../packages/core/dist/mask-rcnn.js'

const demo = new URL('../../tools/demo-model/', import.meta.url)

export const sharp = createRequire(new URL('../../packages/core/package.json', import.meta.url))('sharp')

/** @param model a file with the contract of the ONNX Model Zoo; `undefined`: the demo's */
export function createExtractor(model, options) {
  if (model !== undefined) return createMaskRcnnExtractor({ model, ...options })
  const contract = JSON.parse(readFileSync(new URL('model/contract.json', demo), 'utf8'))
  return createMaskRcnnExtractor({
    model: fileURLToPath(new URL('model/demo-mask-rcnn.onnx', demo)),
    contract,
    ...options,
  })
}

/** The demo's gallery, as it is, or as photographs of another size; after its end it begins again, with other bytes. */
export async function scenes(count, size) {
  const gallery = JSON.parse(readFileSync(new URL('gallery/gallery.json', demo), 'utf8'))
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const file = readFileSync(new URL(`gallery/${gallery[at % gallery.length].name}`, demo))
      if (size === undefined) return file
      const quality = 85 - Math.floor(at / gallery.length)
      return sharp(file)
        .resize(...size, { fit: 'fill' })
        .jpeg({ quality })
        .toBuffer()
    }),
  )
}

/** Runs a script of this folder in a process of its own, and gives what it prints as JSON. */
export async function inOwnProcess(script, input) {
  const preload = new URL('timed-network.js', import.meta.url).href
  const flags = ['--expose-gc', `--import=${preload}`]
  const child = spawn(process.execPath, [...flags, fileURLToPath(new URL(script, import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(input))
  const [text, code] = await Promise.all([textOf(child.stdout), new Promise((resolve) => child.on('close', resolve))])
  if (code !== 0) throw new Error(`${script} ended with ${code} for ${JSON.stringify(input)}`)
  return JSON.parse(text)
}

export async function inputOfThisProcess() {
  return JSON.parse(await textOf(process.stdin))
}

async function textOf(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
