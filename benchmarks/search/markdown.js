/** Figures as Markdown has them. */

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Three that count. */
export function digits(value) {
  if (value >= 100) return grouped(value)
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3)
}

export function grouped(value) {
  return Math.round(value).toLocaleString('en')
}
