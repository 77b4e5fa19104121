#!/usr/bin/env node
import { runCommandLine } from './command-line.ts'

// onnxruntime reports its use to its maker unless it is told not to. Whoever wants that sets the variable to something else.
process.env.ORT_DISABLE_TELEMETRY ??= '1'

// Not `process.exit`: what is still on its way into a pipe would be cut off.
process.exitCode = await runCommandLine(process.argv.slice(2))
