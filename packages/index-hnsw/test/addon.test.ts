import { describe, expect, it } from 'vitest'
import { loadAddon } from '../src/graph/addon.ts'

const npm = 'npm rebuild --ignore-scripts=false hnswlib-node'
const newerNpm = 'npm install-scripts approve hnswlib-node'
const pnpm = 'pnpm add --force --ignore-scripts=false --allow-build=hnswlib-node hnswlib-node@3.0.0'

async function messageFor(error: unknown): Promise<string> {
  const failure = await loadAddon(() => Promise.reject(error)).catch((caught) => caught)
  expect(failure).toMatchObject({ name: 'RecommenderError', code: 'INDEX_FAILED', cause: error })
  return failure.message
}

function failureWith(properties: object, message: string): Error {
  return Object.assign(new Error(message), properties)
}

describe('an addon that cannot be loaded is an INDEX_FAILED that names what to do', () => {
  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])('where it is not installed (%s)', async (code) => {
    const message = await messageFor(failureWith({ code }, "Cannot find package 'hnswlib-node' imported from /x/y.js"))
    expect(message).toContain('is not installed')
    for (const command of ['npm install hnswlib-node@3.0.0', npm, newerNpm, pnpm]) expect(message).toContain(command)
  })

  it('where it was not compiled', async () => {
    // As `bindings` tells it.
    const tries = ['/x/build/addon.node', '/x/build/Release/addon.node']
    const message = await messageFor(failureWith({ tries, code: 'MODULE_NOT_FOUND' }, 'Could not locate the bindings'))
    expect(message).toContain('was not compiled')
    for (const command of [npm, newerNpm, pnpm]) expect(message).toContain(command)
    expect(message).toContain('C++ compiler, make and Python 3')
  })

  it.each([
    failureWith({ code: 'ERR_DLOPEN_FAILED' }, 'libstdc++.so.6: version not found.\nmore'),
    failureWith({ code: 'MODULE_NOT_FOUND' }, "Cannot find module 'bindings'"),
    'a string',
    undefined,
  ])('where it is broken: %s', async (error) => {
    const message = await messageFor(error ?? new Error('undefined'))
    expect(message).toContain('could not be loaded: ')
    expect(message).not.toContain('more')
    for (const command of [npm, pnpm, process.version]) expect(message).toContain(command)
  })
})

it('takes the addon as a CommonJS module comes, and as an ES module would', async () => {
  const addon = { HierarchicalNSW: class {} }
  expect(await loadAddon(async () => ({ default: addon }))).toBe(addon)
  expect(await loadAddon(async () => addon)).toBe(addon)
})
