import { rm } from 'node:fs/promises'

/** Removes the folder of hnswlib's file, as far as the disk lets one: what is told is whether the snapshot itself was written or read, and why not. */
export async function takenAway(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {})
}
