/** The two Debians that hold the engines: which packages they have, and whether they are here. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.js'
import { rootOf } from './places.js'

export const suites = {
  trixie: ['redis-server', 'valkey-server', 'postgresql-17', 'postgresql-17-pgvector'],
  bookworm: ['redis-server', 'postgresql-15'],
}

/** Written into a Debian as the last thing. It names the packages, so that a longer list brings the folder anew. */
export const seal = 'brought.json'

export function isHere(suite) {
  try {
    const { packages } = JSON.parse(readFileSync(join(rootOf(suite), seal), 'utf8'))
    return JSON.stringify(packages) === JSON.stringify(suites[suite])
  } catch {
    return false
  }
}

export const allAreHere = () => Object.keys(suites).every(isHere)

export function requireAll() {
  if (!allAreHere()) throw new Failure('The engines are not here yet. Bring them: npm run engines -- bring')
}
