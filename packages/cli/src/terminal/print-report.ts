import { failureOf } from '../failure.ts'
import { counted, duration } from './measures.ts'
import type { Output } from './output.ts'
import { printable } from './printable.ts'
import { table } from './table.ts'

/** What has become of many images. */
export interface Report {
  readonly folder: string
  readonly added: number
  readonly unchanged: number
  /** `undefined` where nothing is ever removed. */
  readonly removed: readonly string[] | undefined
  readonly failed: readonly { readonly id: string; readonly error: Error }[]
  readonly seconds: number
}

/** @param what it is of which there are so many: `image` */
export function printReport(
  output: Output,
  { folder, added, unchanged, removed, failed, seconds }: Report,
  what: string,
): void {
  const failures = failed.map(({ id, error }) => ({ id, ...told(error) }))
  if (output.json) {
    output.printJson({ folder, added, unchanged, removed, failed: failures, seconds: Number(seconds.toFixed(3)) })
    return
  }
  const { bold, red, green } = output.colors
  const parts = [`${added} added`, `${unchanged} unchanged`]
  if (removed?.length) parts.push(`${removed.length} removed`)
  const sum = `${green(parts.join(', '))}${failed.length > 0 ? `, ${red(`${failed.length} failed`)}` : ''}`
  output.print(`${bold(counted(added + unchanged + failed.length, what))} in ${duration(seconds)}: ${sum}`)
  if (failures.length === 0) return
  output.print()
  for (const line of table(failures.map(({ id, code, message }) => [printable(id), code, printable(message)])))
    output.print(line)
}

function told(error: Error): { code: string; message: string } {
  const { code, message } = failureOf(error, undefined)
  return { code, message }
}
