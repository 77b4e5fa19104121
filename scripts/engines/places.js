/** Where the engines lie. All of it is below one folder of the repository, which git ignores. */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = realpathSync(fileURLToPath(new URL('../..', import.meta.url)))

export const engines = join(repository, '.engines')

/** A whole Debian of its own, in which the engines run as after `chroot`. */
export const rootOf = (suite) => join(engines, suite)

/** Where a set of servers keeps its data, as seen from within its Debian. */
export const dataWithin = (id, name = '') => `/srv/${id}/${name}`

/** The same, as seen from the machine. */
export const dataOf = (suite, id, name) => join(rootOf(suite), dataWithin(id, name))
