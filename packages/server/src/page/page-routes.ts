import { readFile } from 'node:fs/promises'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { pageFolder } from '../places.ts'
import { nameOf } from './query.ts'
import type { ServerParts } from './server-parts.ts'

/** The pages. They are one document; what it shows follows from its address. */
export async function pageRoutes(app: FastifyInstance, { recommender, notice }: ServerParts): Promise<void> {
  const document = (await readFile(`${pageFolder}index.html`, 'utf8')).replace('<!-- notice -->', () =>
    notice === undefined ? '' : `<p class="notice">${escaped(notice)}</p>`,
  )
  const sendPage = (reply: FastifyReply, status = 200) =>
    reply.code(status).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(document)

  await app.register(staticFiles, { root: pageFolder, prefix: '/static/', index: false, cacheControl: false })
  app.get('/', (_request, reply) => sendPage(reply))

  app.get('/predict_similar/:name', async (request, reply) => {
    const known = await recommender.get(nameOf(request)).catch(() => undefined)
    return sendPage(reply, known === undefined ? 404 : 200)
  })

  app.get('/predict_random_image', async (_request, reply) => {
    const [image] = await recommender.random(1)
    reply.header('cache-control', 'no-store')
    return reply.redirect(image === undefined ? '/' : `/predict_similar/${encodeURIComponent(image.id)}`, 302)
  })
}

/** Text as HTML; what stands between backticks is code. */
function escaped(text: string): string {
  const html = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return html.replace(/`([^`]+)`/g, '<code>$1</code>')
}
