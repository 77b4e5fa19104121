/** `npm start [-- OPTIONS]`: the example server, from whatever state the clone is in. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepare, root } from './workspace.js'

prepare()
// In this process, so that signals and the exit code are the server's own.
await import(pathToFileURL(join(root, 'examples/server/dist/main.js')))
