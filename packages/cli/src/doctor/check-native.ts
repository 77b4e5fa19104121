import type { Check } from './check.ts'

/**
 * Both have parts for each system, which an installation can lack.
 *
 * @param load returns its version
 */
export async function checkNative(name: 'sharp' | 'onnxruntime-node', load: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, found: await load(), advice: null }
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).trim().split('\n', 1)[0]!
    return {
      name,
      ok: false,
      found: `cannot be loaded: ${reason}`,
      advice: `Bring its part for ${process.platform}-${process.arch}: npm install --include=optional ${name}`,
    }
  }
}

export async function sharpVersion(): Promise<string> {
  const { default: sharp } = await import('sharp')
  return sharp.versions.sharp ?? 'without a version'
}

export async function onnxruntimeVersion(): Promise<string> {
  const { env } = await import('onnxruntime-node')
  return env.versions.node ?? env.versions.common
}
