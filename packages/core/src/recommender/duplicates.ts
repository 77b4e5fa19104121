import type { ImageStore } from '../image-store.ts'
import { DuplicateGroups } from '../near-duplicates/duplicate-groups.ts'
import { throwIfAborted } from './aborted.ts'

/** Groups of stored images that are near-duplicates; those whose appearance is unknown are in none. */
export async function duplicatesIn(
  store: ImageStore,
  bits: number,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly string[])[]> {
  const groups = new DuplicateGroups()
  throwIfAborted(signal)
  for await (const { id, appearance } of store.scan()) {
    throwIfAborted(signal)
    if (appearance) groups.add(id, appearance.hash)
  }
  return await groups.find(bits, () => throwIfAborted(signal))
}
