import type { Groups } from './groups.ts'
import type { SetTrie } from './set-trie.ts'

/** All class sets of one size, as far as the search goes: what hangs from their groups is the reader's business. */
export interface SearchedLayer {
  readonly size: number
  readonly trie: SetTrie
  readonly groups: Groups
  /** Between these are all coordinates of all members. */
  readonly low: number
  readonly high: number
  /** 0: there is nothing in it. */
  readonly count: number
}
