import { compareMatches } from '../../match-order.ts'
import type { Place } from './cursor.ts'

/** The best score first; of those that are as good the nearest. */
export function byRank(a: Place & { readonly score: number }, b: Place & { readonly score: number }): number {
  return b.score - a.score || compareMatches(a, b)
}

/**
 * Orders candidates, in batches. The scores of some are known; of others, whose scores are dear, something is known that is cheap: the
 * most that each can score. Those that can score most are scored first, and one is given out as soon as none that is left can be before it;
 * so whoever wants the first few pays for little more (the threshold algorithm of Fagin, Lotem and Naor 2001).
 *
 * @param score scores some; those that are gone by now may be left out
 * @param first so many are scored to begin with, then twice as many each time
 */
export async function* bestFirst<
  C extends Place & { readonly atMost: number },
  S extends Place & { readonly score: number },
>(
  known: readonly S[],
  candidates: readonly C[],
  score: (some: readonly C[]) => Promise<readonly S[]>,
  first: number,
): AsyncGenerator<readonly S[]> {
  const waiting = [...candidates].sort(byHope)
  let scored = [...known].sort(byRank)
  for (let at = 0, size = first; ; at += size, size *= 2) {
    const next = waiting[at]
    const before = next ? scored.findIndex((one) => (next.atMost - one.score || compareMatches(one, next)) > 0) : -1
    const certain = before === -1 ? scored.length : before
    yield scored.slice(0, certain)
    if (!next) return
    scored = [...scored.slice(certain), ...(await score(waiting.slice(at, at + size)))].sort(byRank)
  }
}

/** As `byRank`, of those that score the most they can. */
function byHope(a: Place & { readonly atMost: number }, b: Place & { readonly atMost: number }): number {
  return b.atMost - a.atMost || compareMatches(a, b)
}
