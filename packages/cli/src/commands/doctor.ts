import type { Command } from 'commander'
import type { Act, Context } from '../context.ts'
import type { Check } from '../doctor/check.ts'
import { checkModel } from '../doctor/check-model.ts'
import { checkNative, onnxruntimeVersion, sharpVersion } from '../doctor/check-native.ts'
import { checkNode } from '../doctor/check-node.ts'
import { checkStore } from '../doctor/check-store.ts'
import { exitCodes } from '../exit-code.ts'
import { printable } from '../terminal/printable.ts'
import { table } from '../terminal/table.ts'

export function defineDoctor(program: Command, act: Act): void {
  program
    .command('doctor')
    .description('says what is there, what is missing, and what to do about it')
    .action(act(doctor))
}

async function doctor(context: Context) {
  const { output, settings } = context
  const checks: Check[] = [
    await checkNode(),
    await checkNative('sharp', sharpVersion),
    await checkNative('onnxruntime-node', onnxruntimeVersion),
    ...(await checkModel(settings)),
    ...(await checkStore(context)),
  ]
  const ok = checks.every((check) => check.ok)
  if (output.json) output.printJson({ ok, checks })
  else print(context, checks)
  return ok ? exitCodes.ok : exitCodes.someFailed
}

function print({ output }: Context, checks: readonly Check[]): void {
  const { green, red, dim } = output.colors
  const lines = table(checks.map(({ name, found }) => [name, printable(found)]))
  checks.forEach(({ ok, advice }, at) => {
    output.print(`${ok ? green('✓') : red('✗')} ${lines[at]}`)
    if (advice !== null) output.print(dim(`  → ${printable(advice)}`))
  })
}
