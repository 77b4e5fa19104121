import { RecommenderError } from '@image-recommender/core'
import { firstLine } from '@image-recommender/core/parts'

/** What of hnswlib-node is used here. */
export interface Addon {
  readonly HierarchicalNSW: typeof import('hnswlib-node').HierarchicalNSW
}

const VERSION = '3.0.0'
const needs = 'It is compiled where it is installed, which takes a C++ compiler, make and Python 3.'
const approve = 'npm 12 and newer: npm install-scripts approve hnswlib-node, before that'
const rebuild = `With npm: npm rebuild --ignore-scripts=false hnswlib-node (${approve}).`
// It works from wherever pnpm has left it: not there, or there and not built. `pnpm rebuild` does not compile what has no
// script for it, and `pnpm approve-builds` knows nothing of an install with --ignore-scripts.
const pnpm = `With pnpm: pnpm add --force --ignore-scripts=false --allow-build=hnswlib-node hnswlib-node@${VERSION}.`
const build = `${rebuild} ${pnpm}`

/**
 * Loads hnswlib-node, which may be missing: it is an optional dependency, and package managers ask before they compile.
 *
 * @throws RecommenderError `INDEX_FAILED` naming the commands that bring it
 */
export async function loadAddon(load: () => Promise<unknown> = () => import('hnswlib-node')): Promise<Addon> {
  try {
    const module = (await load()) as Addon & { readonly default?: Addon }
    return module.default ?? module
  } catch (cause) {
    throw new RecommenderError('INDEX_FAILED', `${remedyOf(cause)} ${needs}`, { cause })
  }
}

function remedyOf(cause: unknown): string {
  if (isMissing(cause))
    return `The package hnswlib-node is not installed. With npm: npm install hnswlib-node@${VERSION}, and if that does not compile it: npm rebuild --ignore-scripts=false hnswlib-node (${approve}). ${pnpm}`
  if (isNotCompiled(cause)) return `The package hnswlib-node is installed but was not compiled. ${build}`
  return `The package hnswlib-node is installed but could not be loaded: ${firstLine(cause)}. Compile it anew for this Node (${process.version}, ${process.platform}-${process.arch}). ${build}`
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && String(message).includes("'hnswlib-node'")
}

/** `bindings`, which looks for the compiled file, tells where it has looked. */
function isNotCompiled(error: unknown): boolean {
  return Array.isArray((error as { tries?: unknown }).tries)
}
