/**
 * Models that are not what they should be are refused before onnxruntime sees a byte of them: here it is not even installed, and whoever
 * came to make a session would say so.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModel } from '../../src/onnx-extractor/model/model-bytes.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { colorContract } from '../detr/color-contract.ts'
import { colorDetector } from '../detr/color-detector.ts'
import { demoEncoder } from '../embedding/demo.ts'
import { demoContract, demoModel } from '../mask-rcnn/demo.ts'
import { declared, externalTensor, FLOAT, model as onnxModel } from './onnx-file.ts'

const packageFolder = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

let folder: string
let bare: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refused-models-'))
  // The package as it is published, with sharp and without onnxruntime-node.
  bare = join(folder, 'bare')
  await mkdir(join(bare, 'node_modules'), { recursive: true })
  await cp(join(packageFolder, 'dist'), join(bare, 'dist'), { recursive: true })
  await writeFile(join(bare, 'package.json'), '{ "type": "module" }')
  for (const name of ['zod', '@bufbuild', 'sharp'])
    await symlink(join(packageFolder, 'node_modules', name), join(bare, 'node_modules', name))
})
afterAll(() => rm(folder, { recursive: true }))

const external = (place: string) => onnxModel(externalTensor(5, 'w', place), declared(12, 'w', FLOAT, [4]))

/** What each file holds, and what is to be said of it. */
function filesOf(whole: Buffer): [name: string, content: Uint8Array, said: RegExp][] {
  const cut = [100, whole.length >> 1, whole.length - 1]
  return [
    ...cut.map((length): [string, Uint8Array, RegExp] => {
      return [`cut off at ${length}`, whole.subarray(0, length), /^MODEL_CORRUPT.*(cut off|no ONNX file)/]
    }),
    ['empty', Buffer.alloc(0), /^MODEL_CORRUPT.*0 bytes/],
    ['text', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:'), /^MODEL_CORRUPT.*no ONNX file/],
    ['PyTorch', Buffer.from('PK\u0003\u0004\u0000\u0000archive/data.pkl'), /^MODEL_CORRUPT/],
    ['a pickle', Buffer.from('\x80\x04\x95cposix\nsystem\n', 'latin1'), /^MODEL_CORRUPT/],
    ['safetensors', Buffer.from('\x40\0\0\0\0\0\0\0{"w":{"dtype":"F32"}}', 'latin1'), /^MODEL_CORRUPT/],
    ['GGUF', Buffer.from('GGUF\u0003\0\0\0'), /^MODEL_CORRUPT/],
    ['gzip', Buffer.from('1f8b0800000000000003cb48cdc9c90700', 'hex'), /^MODEL_CORRUPT/],
    ['weights elsewhere', external('weights.bin'), /^MODEL_CORRUPT.*other files, which are never opened/],
    ['weights in /etc', external('/etc/passwd'), /^MODEL_CORRUPT.*other files/],
    // Whoever opened that would wait there for ever.
    ['weights behind a link', external('link to a pipe'), /^MODEL_CORRUPT.*other files/],
  ]
}

describe.each([
  ['mask-rcnn', 'createMaskRcnnExtractor', () => readFile(demoModel), { contract: demoContract }],
  ['detr', 'createDetrExtractor', async () => colorDetector(5, 3).file, { contract: colorContract }],
  ['embedding', 'createEmbeddingExtractor', () => readFile(demoEncoder.model), { contract: demoEncoder.contract }],
] as const)('%s', (entry, factory, read, options) => {
  let whole: Buffer
  beforeAll(async () => {
    whole = await read()
  })

  it('refuses what is cut off, foreign, elsewhere or behind a link, and the whole one would come to a session', async () => {
    const models = await mkdtemp(join(folder, 'models-'))
    await run('mkfifo', [join(models, 'pipe')])
    await symlink(join(models, 'pipe'), join(models, 'link to a pipe'))
    const wanted: [name: string, said: RegExp][] = [['whole', /^EXTRACTOR_FAILED The package onnxruntime-node is not/]]
    await writeFile(join(models, 'whole'), whole)
    for (const [name, content, said] of filesOf(whole)) {
      await writeFile(join(models, name.replaceAll('/', ' ')), content)
      wanted.push([name, said])
    }
    for (const [name, said] of wanted.filter(([name]) =>
      /^(text|weights elsewhere|weights behind a link)$/.test(name),
    )) {
      await symlink(name, join(models, `link to ${name}`))
      wanted.push([`link to ${name}`, said])
    }
    await symlink('nothing', join(models, 'a link to nothing'))
    await symlink('itself', join(models, 'itself'))
    await symlink('/etc', join(models, 'a link to a folder'))
    wanted.push(['a link to nothing', /^MODEL_UNAVAILABLE.*is not there/], ['itself', /^MODEL_UNAVAILABLE.*ELOOP/])
    wanted.push(['a link to a folder', /^MODEL_UNAVAILABLE.*EISDIR/])
    const names = wanted.map(([name]) => name.replaceAll('/', ' '))
    const program = `
      import { ${factory} } from './dist/${entry}.js'
      process.chdir(process.argv[1])
      const said = {}
      for (const model of ${JSON.stringify(names)})
        said[model] = await ${factory}({ model, ...${JSON.stringify(options)} }).then(() => 'made', ({ code, message }) => code + ' ' + message)
      console.log(JSON.stringify(said))`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program, models], {
      cwd: bare,
      timeout: 300_000,
    })
    const said = JSON.parse(stdout) as Record<string, string>
    for (const [name, message] of wanted) expect(said[name.replaceAll('/', ' ')], name).toMatch(message)
    expect(stderr).toBe('')
  }, 320_000)

  it('whose size and checksum are known: not one flipped bit and no other length passes', async () => {
    const path = join(folder, `${entry}.onnx`)
    await writeFile(path, whole)
    const { sha256 } = await readModel({ path, bytes: null, sha256: null, remedy: '' }, [])
    const known = { path, bytes: whole.length, sha256, remedy: '' }
    expect((await readModel(known, [])).sha256).toBe(sha256)
    const random = seededRandom(whole.length)
    for (let nth = 0; nth < 60; nth++) {
      const damaged = Buffer.from(whole)
      const bit = Math.floor(8 * whole.length * random())
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      const isCut = nth % 3 === 0
      await writeFile(path, isCut ? damaged.subarray(0, bit >> 3) : damaged)
      const message = expect.stringMatching(isCut ? /bytes instead of/ : /has the SHA-256 .* instead of/)
      await expect(readModel(known, [])).rejects.toMatchObject({ code: 'MODEL_CORRUPT', message })
      // Of one that nobody knows, the space has the name of its bytes.
      if (!isCut) {
        const unknown = await readModel({ ...known, sha256: null }, []).catch(({ code }) => ({
          sha256: code as string,
        }))
        expect(unknown.sha256).not.toBe(sha256)
      }
    }
  }, 120_000)
})
