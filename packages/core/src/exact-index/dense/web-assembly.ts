/**
 * The little of WebAssembly's JavaScript interface that is used here. Node has it; its types do not declare it, and the
 * library that does declares a browser along with it.
 */
export interface WebAssemblyMemory {
  /** Another one after each `grow`, which detaches those before. */
  readonly buffer: ArrayBuffer
  /** Both in pages of 64 KiB. */
  grow(pages: number): number
}

export interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (pages: { initial: number; maximum: number }) => WebAssemblyMemory
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly
