import { RecommenderError } from '../../errors.ts'
import { firstLine } from '../../first-line.ts'

/** Both are optional peers: only who describes images needs them. */
const RANGES = { sharp: '^0.35.0', 'onnxruntime-node': '^1.30.0' } as const

export async function loadSharp(): Promise<typeof import('sharp').default> {
  return loaded('sharp', async () => {
    const module = await import('sharp')
    return module.default
  })
}

export async function loadOnnxruntime(): Promise<typeof import('onnxruntime-node')> {
  return loaded('onnxruntime-node', async () => {
    const module = await import('onnxruntime-node')
    return 'default' in module ? (module.default as typeof module) : module
  })
}

async function loaded<Module>(name: keyof typeof RANGES, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const missing = (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND' && String(cause).includes(`'${name}'`)
    throw new RecommenderError(
      'EXTRACTOR_FAILED',
      missing
        ? `The package ${name} is not installed. Bring it with: npm install ${name}@${RANGES[name]}`
        : `The package ${name} is installed but could not be loaded: ${firstLine(cause)}. Bring its part for this system (${process.platform}-${process.arch}) with: npm install --include=optional ${name}@${RANGES[name]}`,
      { cause },
    )
  }
}
