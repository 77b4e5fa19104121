import { fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('program/application.js', import.meta.url))
const diskPoints = new URL('program/disk-points.js', import.meta.url).href

export interface ApplicationOptions {
  readonly database: string
  readonly snapshot: string
  readonly journal: string
  readonly kind: 'exact' | 'hnsw'
  readonly seed: number
  /** Where it ends, the how manieth time it comes by there. */
  readonly plan: { readonly point: string; readonly after: number; readonly pauses: number }
}

/** What an application has found at its start. */
export interface Found {
  readonly records: readonly {
    readonly id: string
    readonly vector: readonly number[]
    readonly metadata: { readonly number: number }
  }[]
  readonly searches: readonly {
    readonly objects: Readonly<Record<string, number>>
    readonly items: readonly { readonly id: string; readonly distance: number }[]
  }[]
  readonly counts: { readonly total: number; readonly perAxis: readonly number[] }
  readonly count: number
}

/** Lets an application live, for so many milliseconds at most once it is ready. What it found, if it came to that, and whether it met its end by itself. */
export async function livedThrough(
  options: ApplicationOptions,
  longest: number,
): Promise<{ found: Found | undefined; metItsEnd: boolean }> {
  const { snapshot, plan } = options
  const child = fork(program, [JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--import', diskPoints],
    env: { ...process.env, DISK_POINTS: JSON.stringify({ folder: dirname(snapshot), snapshot, plan }) },
  })
  let said = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (text) => {
      said += text
    })
  let found: Found | undefined
  let metItsEnd = true
  let timer: NodeJS.Timeout | undefined
  child.once('message', (message) => {
    found = message as Found
    child.send('go on')
    timer = setTimeout(() => {
      metItsEnd = false
      child.kill('SIGKILL')
    }, longest)
  })
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  if (signal !== 'SIGKILL') throw new Error(`It ended with ${signal ?? code} and not where it should: ${said}`)
  return { found, metItsEnd }
}
