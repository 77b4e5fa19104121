import { createRequire } from 'node:module'

const requirePeer = createRequire(new URL('../peers/package.json', import.meta.url))

/** A package of `peers/`, which has its own installation. */
export function peer(name) {
  try {
    return requirePeer(name)
  } catch (cause) {
    throw new Error(`${name} is not there; to get it: npm --prefix benchmarks/search/peers install`, { cause })
  }
}

/** The versions there are pinned. */
export const peerVersion = (name) => requirePeer('./package.json').dependencies[name]
