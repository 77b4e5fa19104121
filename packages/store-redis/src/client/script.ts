import { createHash } from 'node:crypto'

/** A Lua script that the server runs in one step, with nothing of anybody else in between. */
export interface Script {
  readonly source: string
  /** By which a server that has seen it once knows it. */
  readonly sha1: string
}

/**
 * `reads`: writes nothing, and runs where the server refuses writes. `always`: writes little, or makes room, and runs where
 * the server is out of memory. Other scripts are refused there, before they have done anything.
 */
export function script(kind: 'reads' | 'writes' | 'always', body: string): Script {
  const flags = { reads: ' flags=no-writes', writes: '', always: ' flags=allow-oom' }[kind]
  const source = `#!lua${flags}\n${body.trim()}\n`
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
