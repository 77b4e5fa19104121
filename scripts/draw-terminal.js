/**
 * Draws the pictures of docs/cli.md: what commands show in a real terminal, over the demo's gallery.
 *
 *     node scripts/draw-terminal.js
 *
 * Writes docs/images/terminal-*.svg. Packages must be built, and tmux be there.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { root } from './workspace.js'

const [COLUMNS, CELL, LINE, MARGIN] = [150, 8.4, 20, 16]
/** The terminal's own colours by their numbers, and how bright what is dim is. */
const COLORS = { 31: '#ff7b72', 32: '#7ee787', 36: '#79c0ff' }
const [PAPER, INK, RULE, DIM] = ['#0d1117', '#e6edf3', '#30363d', 0.6]

const { module: test } = await runnerImport(join(root, 'packages/cli/test/tmux.ts'))
const out = join(root, 'docs/images')
const folder = await mkdtemp(join(tmpdir(), 'image-recommender-drawn-'))
await cp(join(root, 'tools/demo-model/gallery'), join(folder, 'gallery'), { recursive: true })
await writeFile(join(folder, 'gallery/broken.jpg'), 'broken')
await mkdir(out, { recursive: true })
const terminal = await test.openTerminal({ folder, columns: COLUMNS })
try {
  await terminal.type('image-recommender ingest gallery')
  await terminal.showing(/ (4\d|[5-9]\d) % /)
  await draw('ingest', [await terminal.screen({ colors: true }), await shown()])
  await draw('similar', [await typed('image-recommender similar airport-004.webp --limit 3')])
  await draw('find', [await typed('image-recommender find dog frisbee=0.5 --not person --limit 3')])
  await terminal.type('unset IMAGE_RECOMMENDER_MODEL IMAGE_RECOMMENDER_CONTRACT')
  await draw('doctor', [await typed('image-recommender doctor')])
} finally {
  await terminal.close()
  await rm(folder, { recursive: true, force: true })
}

async function typed(line) {
  await terminal.type('clear')
  await terminal.showing(/^\$$/)
  await terminal.type(line)
  return shown()
}

/** What is on the screen when the shell asks for more, without its asking. */
async function shown() {
  await terminal.showing(/\n\$$/)
  return (await terminal.screen({ colors: true })).replace(/\n.*\$\s*$/, '')
}

/** @param screens one below another, with a rule between them */
async function draw(name, screens) {
  const blocks = screens.map((screen) => linesOf(screen))
  const columns = Math.max(...blocks.flat(2).map(({ column, text }) => column + text.length))
  const width = round(columns * CELL + 2 * MARGIN)
  const parts = []
  let y = MARGIN
  for (const [at, lines] of blocks.entries()) {
    if (at > 0) {
      parts.push(`<path d="M0 ${y + LINE / 2}H${width}" stroke="${RULE}"/>`)
      y += LINE
    }
    for (const runs of lines) {
      parts.push(...runs.map((run) => drawn(run, y + LINE * 0.7)))
      y += LINE
    }
  }
  const font = 'ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace'
  const size = `width="${width}" height="${y + MARGIN}" viewBox="0 0 ${width} ${y + MARGIN}"`
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${font}" font-size="14" fill="${INK}">`
  const title = `<title>${escaped(blocks[0][0][0].text)}</title>`
  const paper = `<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>`
  await writeFile(join(out, `terminal-${name}.svg`), [head, title, paper, ...parts, '</svg>', ''].join('\n'))
}

/** Each line in pieces of one style. The codes are those that tmux writes, numbers between `ESC [` and `m`; a style goes on in the next line. */
function linesOf(screen) {
  let style = {}
  return screen.split('\n').map((line) => {
    const [first, ...rest] = line.split('\x1b[')
    const runs = [{ text: first, column: 0, style }]
    for (const piece of rest) {
      const { text, column } = runs.at(-1)
      const end = piece.indexOf('m')
      style = piece.slice(0, end).split(';').map(Number).reduce(styled, style)
      runs.push({ text: piece.slice(end + 1), column: column + text.length, style })
    }
    return runs.filter((run) => run.text.trim() !== '')
  })
}

function styled(style, code) {
  if (code === 0) return {}
  if (code === 1) return { ...style, bold: true }
  if (code === 2) return { ...style, dim: true }
  if (code === 22) return { ...style, bold: false, dim: false }
  if (code === 39) return { ...style, color: undefined }
  // The background, as it was; nothing has another.
  if (code === 49) return style
  if (code in COLORS) return { ...style, color: COLORS[code] }
  throw new Error(`The code ${code} is not drawn yet; say in styled() what it looks like.`)
}

/** With its length, so that columns stand below each other in whatever font there is. */
function drawn({ text, column, style: { bold, dim, color } }, y) {
  const begin = text.length - text.trimStart().length
  const shown = text.trim()
  const place = `x="${round(MARGIN + (column + begin) * CELL)}" y="${y}" textLength="${round(shown.length * CELL)}"`
  const look = [color && ` fill="${color}"`, bold && ' font-weight="bold"', dim && ` opacity="${DIM}"`]
  return `<text ${place}${look.filter(Boolean).join('')} xml:space="preserve">${escaped(shown)}</text>`
}

function round(value) {
  return Number(value.toFixed(1))
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
