import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { openRoutes } from '../operations/route-use.ts'

// Built, this lies in dist/; as a source, in src/page/.
const candidates = ['../page/', '../../page/'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

export interface Page {
  readonly folder: string
  /** Answers with the page; which view it shows follows from the address. */
  send(reply: FastifyReply, status?: number): FastifyReply
}

/** Reads the page's document. */
export async function openPage(notice: string | undefined): Promise<Page> {
  const { folder, text } = await readDocument()
  const document = text.replace('<!-- notice -->', () =>
    notice === undefined ? '' : `<p class="notice">${escaped(notice)}</p>`,
  )
  return {
    folder,
    send: (reply, status = 200) =>
      reply.code(status).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(document),
  }
}

/** The page under its own addresses, and its files under `/static/`. */
export async function pageRoutes(app: FastifyInstance, page: Page): Promise<void> {
  openRoutes(app)
  await app.register(staticFiles, { root: page.folder, prefix: '/static/', index: false, cacheControl: false })
  for (const address of ['/', '/find', '/for-you', '/similar/:name']) {
    app.get(address, { schema: { hide: true } }, (_request, reply) => page.send(reply))
  }
}

async function readDocument(): Promise<{ folder: string; text: string }> {
  for (const folder of candidates) {
    const text = await readFile(`${folder}index.html`, 'utf8').catch(() => undefined)
    if (text !== undefined) return { folder, text }
  }
  throw new Error(`The page is not where it belongs: ${candidates.join(', ')}`)
}

/** Text as HTML; what stands between backticks is code. */
function escaped(text: string): string {
  const html = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return html.replace(/`([^`]+)`/g, '<code>$1</code>')
}
