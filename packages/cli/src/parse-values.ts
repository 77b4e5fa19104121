import { InvalidArgumentError } from 'commander'

/** What the parser calls with the text of an option. Which numbers are allowed, the recommender knows and says. */
export function parseNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

/** `dog=0.5` → `['dog', 0.5]`; without a number, the name alone. */
export function parseWeighted(text: string): [name: string, weight: number | undefined] {
  const at = text.lastIndexOf('=')
  if (at === -1) return [text, undefined]
  const [name, weight] = [text.slice(0, at), text.slice(at + 1)]
  if (name === '' || weight.trim() === '' || !Number.isFinite(Number(weight)))
    throw new InvalidArgumentError(`"${text}" must be a name, or name=number.`)
  return [name, Number(weight)]
}

/** `arrangement=2,colors=0` */
export function parseWeights(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [name, weight] = parseWeighted(part.trim())
      if (weight === undefined) throw new InvalidArgumentError(`"${part}" must be name=number.`)
      return [name, weight]
    }),
  )
}

export function collectWeighted(
  text: string,
  before: readonly [string, number | undefined][] = [],
): [string, number | undefined][] {
  return [...before, parseWeighted(text)]
}
