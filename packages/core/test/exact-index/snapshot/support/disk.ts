import { WatchedDisk } from './watched-disk.ts'

/** The one that `vi.mock('node:fs/promises', …)` puts in place. */
export const disk = new WatchedDisk()
