/** One thing that was looked at. */
export interface Check {
  readonly name: 'node' | 'sharp' | 'onnxruntime-node' | 'model' | 'store' | 'images'
  readonly ok: boolean
  /** What is there, or what is wrong. */
  readonly found: string
  /** What to do; `null`: nothing. */
  readonly advice: string | null
}
