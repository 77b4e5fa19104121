import type { Recommendation } from '@image-recommender/core'
import { printable } from '../terminal/printable.ts'

/** What adds or costs less than this is not worth a word; `--json` has all of it. */
const WORTH_A_WORD = 0.01
/** No two pictures are arranged alike to the last bit. */
const LOOKS_WORTH_A_WORD = 0.1

type Reasons = Pick<Recommendation, 'because' | 'missing' | 'extra'>
type Kind = Recommendation['because'][number]['kind']

/** `shows truck and person; alike in colors; lacks airplane; besides suitcase` */
export function reasonsInWords({ because, missing, extra }: Reasons): string {
  const liked = because.filter(({ contribution }) => contribution > 0)
  const disliked = because.filter(({ contribution }) => contribution < 0)
  const shown = names(liked, 'object')
  const lacking = names(missing, 'object')
  const looks = names(liked, 'facet').filter((facet) => costOf(missing, facet) <= costOf(liked, facet))
  const parts = [
    phrase('shows', shown),
    phrase('tagged', names(liked, 'tag')),
    phrase('alike in', looks),
    // What is there, but not as surely as it is wished for, is in both.
    phrase('less sure of', common(lacking, shown)),
    phrase('lacks', except(lacking, shown)),
    phrase('not tagged', names(missing, 'tag')),
    phrase('differs in', except(names(missing, 'facet', LOOKS_WORTH_A_WORD), looks)),
    phrase('besides', except(names(extra, 'object'), shown)),
    phrase('disliked for', names(disliked)),
  ]
  return printable(parts.filter((part) => part !== '').join('; '))
}

interface Summand {
  readonly kind: Kind
  readonly name: string
  readonly contribution: number
}

function names(reasons: readonly Summand[], kind?: Kind, least = WORTH_A_WORD): string[] {
  return reasons
    .filter((reason) => (kind === undefined || reason.kind === kind) && Math.abs(reason.contribution) >= least)
    .map(({ name }) => (name === 'embedding' ? 'the whole' : name))
}

function costOf(reasons: readonly Summand[], facet: string): number {
  const reason = reasons.find(({ kind, name }) => kind === 'facet' && name === facet)
  return Math.abs(reason?.contribution ?? 0)
}

const common = (some: readonly string[], others: readonly string[]) => some.filter((name) => others.includes(name))
const except = (some: readonly string[], others: readonly string[]) => some.filter((name) => !others.includes(name))

function phrase(verb: string, what: readonly string[]): string {
  if (what.length === 0) return ''
  const last = what.at(-1)
  return `${verb} ${what.length === 1 ? last : `${what.slice(0, -1).join(', ')} and ${last}`}`
}
