// Where the Node scripts of this folder take their packages from: the workspace package packages/core, or the folder
// named by NODE_MODULES_FROM (one that has a node_modules).
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const folder = path.resolve(process.env.NODE_MODULES_FROM ?? path.join(here, '../../packages/core'))

export const requireModule = createRequire(path.join(folder, 'package.json'))
