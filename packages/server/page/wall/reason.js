import { element, withStyle } from '../element.js'
import { causeName, percent } from '../words.js'

/** Too little to speak of. */
const LEAST = 0.005

/**
 * Why an image is here: its score as a bar, made of what objects and looks contribute; their names with their shares; and quietly
 * what it lacks and what it has besides.
 */
export function reason({ objects, score, because, missing, extra, nearDuplicates }, hues) {
  const parts = because.filter(({ contribution }) => Math.abs(contribution) >= LEAST)
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' })
  for (const { kind, name, contribution } of parts.filter((part) => part.contribution > 0)) {
    const hue = kind === 'object' ? (hues.get(name) ?? 60) : 0
    bar.append(withStyle(element('i', { class: `of-${kind}` }), { '--share': contribution, '--hue': hue }))
  }
  const words = parts.map((part) => `${causeName(part)}\u00a0${signed(part.contribution)}`).join(' · ')
  // What is there, but less surely, is missing a little too; nobody would understand that.
  const shown = new Set(objects.map(({ object }) => object))
  const absent = missing.filter(({ kind, name }) => kind !== 'object' || !shown.has(name))
  const quiet = quietly(absent, extra, nearDuplicates)
  return element(
    'p',
    { class: 'reason', title: quiet === '' ? words : `${words}\n${quiet}` },
    element(
      'span',
      { class: 'score' },
      element('span', { class: 'visually-hidden' }, 'Similarity '),
      percent(Math.max(0, score)),
    ),
    bar,
    element('span', { class: 'words' }, words),
    element('span', { class: 'quietly' }, quiet),
  )
}

const signed = (value) => (value < 0 ? `−${percent(-value)}` : percent(value))

function quietly(missing, extra, nearDuplicates) {
  const names = (causes) =>
    causes
      .filter(({ kind }) => kind !== 'facet')
      .map(causeName)
      .join(', ')
  const parts = []
  if (names(missing) !== '') parts.push(`no ${names(missing)}`)
  if (names(extra) !== '') parts.push(`also ${names(extra)}`)
  if (nearDuplicates.length > 0) parts.push(`${nearDuplicates.length} nearly the same`)
  return parts.join(' · ')
}
