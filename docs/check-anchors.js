/** Whether each link of the built pages that leads to a heading finds it: that the page is there is what VitePress sees to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const site = fileURLToPath(new URL('.vitepress/dist/', import.meta.url))
const base = process.env.DOCS_BASE ?? '/'
const pages = new Map()
for (const file of readdirSync(site, { recursive: true })) {
  if (file.endsWith('.html')) pages.set(file.replace(/\.html$/, ''), readFileSync(site + file, 'utf8'))
}

let anchors = 0
const broken = []
for (const [from, html] of pages) {
  // TypeDoc's own links are its own affair.
  if (from.startsWith('api/')) continue
  const ofPage = new URL(from, 'https://docs.invalid/')
  for (const [, href] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) {
    const { origin, pathname, hash } = new URL(href.startsWith(base) ? `/${href.slice(base.length)}` : href, ofPage)
    if (origin !== ofPage.origin || hash === '') continue
    const path = decodeURIComponent(pathname.slice(1))
    const target = pages.get(path) ?? pages.get(`${path}index`)
    anchors++
    if (target?.includes(`id="${decodeURIComponent(hash.slice(1))}"`)) continue
    if (target === undefined && existsSync(site + path)) continue
    broken.push(`${from} → ${href}`)
  }
}
if (broken.length > 0) {
  console.error(`✗ headings that are not there:\n${[...new Set(broken)].join('\n')}`)
  process.exit(1)
}
console.log(`${pages.size} pages, ${anchors} links to headings that are there`)
