import { loadAddon } from '../../src/graph/addon.ts'
import type { Native } from '../../src/graph/graph.ts'
import { NativeGate } from '../../src/thread/native-gate.ts'

/** hnswlib-node in the test's own thread. */
export const native: Native = { addon: await loadAddon(), gate: new NativeGate(NativeGate.memory()) }
