import type { ObjectCondition, SearchOptions } from '@image-recommender/core'
import type { Command } from 'commander'
import { collect, collectWeighted, parseNumber, parseWeights } from '../parse-values.ts'

/** The options that all searches share, as the parser gives them. */
export interface SearchFlags {
  readonly limit: number
  readonly cursor?: string
  readonly diversity?: number
  readonly weights?: Record<string, number>
  readonly with?: readonly [string, number | undefined][]
  readonly without?: readonly [string, number | undefined][]
  readonly tag?: readonly string[]
  readonly anyTag?: readonly string[]
  readonly notTag?: readonly string[]
  readonly exclude?: readonly string[]
  readonly collapse?: true
}

export function addSearchOptions(command: Command): Command {
  return command
    .option('-n, --limit <count>', 'how many, 1 to 1000', parseNumber, 10)
    .option('--cursor <cursor>', 'go on behind the page that named this cursor')
    .option('--with <object>', 'only images that show it; object=0.9: as surely as that (repeatable)', collectWeighted)
    .option('--without <object>', 'only images that do not show it (repeatable)', collectWeighted)
    .option('--tag <tag>', 'only images that have this tag (repeatable: all of them)', collect)
    .option('--any-tag <tag>', 'only images that have one of these tags (repeatable)', collect)
    .option('--not-tag <tag>', 'only images that do not have this tag (repeatable)', collect)
    .option('--exclude <id>', 'leave this image out (repeatable)', collect)
    .option('--diversity <share>', '0: the best first, up to 1: as various as can be', parseNumber)
    .option('--collapse', 'of near-duplicates show only the best')
}

/** Facets compare with an image, so that where there is none they would mean nothing. */
export function addWeightsOption(command: Command): Command {
  return command.option(
    '--weights <weights>',
    'how much looks count beside objects, e.g. arrangement=2,colors=0 (1 each by default)',
    parseWeights,
  )
}

export function searchOptions(flags: SearchFlags, signal: AbortSignal): SearchOptions {
  const { limit, cursor, diversity, weights, tag, anyTag, notTag, exclude, collapse } = flags
  return {
    limit,
    cursor,
    diversity,
    weights,
    collapseNearDuplicates: collapse,
    where: {
      objects: { all: conditions(flags.with), none: conditions(flags.without) },
      tags: { all: tag ?? [], none: notTag ?? [], ...(anyTag && { any: anyTag }) },
      exclude: exclude ?? [],
    },
    signal,
  }
}

function conditions(objects: readonly [string, number | undefined][] = []): ObjectCondition[] {
  return objects.map(([object, atLeast]) => (atLeast === undefined ? object : { object, atLeast }))
}
