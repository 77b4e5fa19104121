import { kernelBytes } from './kernel-bytes.ts'
import type { RowLayout } from './row-layout.ts'
import { type WebAssemblyMemory, webAssembly } from './web-assembly.ts'

/**
 * Writes the numbers of those rows from `from` to `to` - 1 that it does not rule out to the answer's place, ascending, and
 * returns how many these are. `to` is above `from`, by `ROWS_PER_ANSWER` at most.
 */
export type KernelFunction = (from: number, to: number, limit: number) => number

/** What `kernel.wat` exports. */
export interface Kernel {
  readonly euclidean: KernelFunction
  readonly cosine: KernelFunction
}

/** A millisecond's work; one module serves any number of memories. */
export function compileKernel(): object {
  return new webAssembly.Module(Buffer.from(kernelBytes, 'base64'))
}

export function instantiateKernel(module: object, memory: WebAssemblyMemory, layout: RowLayout): Kernel {
  const { query, lengths, answer, first, stride } = layout
  const imports = { rows: { memory, query, lengths, answer, first, stride } }
  return new webAssembly.Instance(module, imports).exports as Kernel
}
