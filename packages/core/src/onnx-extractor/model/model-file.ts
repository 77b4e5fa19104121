import { z } from 'zod'

/** A file that can be downloaded and recognised again. */
export interface ModelFile {
  /** What the file is called in the cache, without `.onnx`: letters, digits, `.`, `_`, `-`. */
  readonly name: string
  readonly url: string
  readonly bytes: number
  /** Hexadecimal, lower case. */
  readonly sha256: string
}

export const modelFileSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, ".", "_" or "-"'),
  url: z.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' }),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case'),
})
