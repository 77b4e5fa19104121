import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { zipSync } from 'fflate'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface PhotoServer {
  readonly address: string
  /** The names that were asked for, in turn. */
  readonly asked: string[]
  /** Answers in place of the photo of a name; given nothing, the photo is sent again. */
  instead(name: string, answer?: Answer): void
  close(): void
}

/** What is at images.cocodataset.org, on loopback and smaller: photos by name, and a zip that names them and does ranges. */
export async function startPhotoServer(photos: Readonly<Record<string, Uint8Array>>): Promise<PhotoServer> {
  const entries = Object.entries(photos).map(([name, bytes]) => [`val2017/${name}`, bytes])
  const zip = zipSync({ 'val2017/': new Uint8Array(), ...Object.fromEntries(entries.reverse()) }, { level: 0 })
  const answers = new Map<string, Answer>()
  const asked: string[] = []

  const server = createServer((request, response) => {
    const name = request.url!.replace(/^.*\//, '')
    const send = (bytes: Uint8Array | undefined) => (bytes ? response.end(bytes) : response.writeHead(404).end())
    const answer = answers.get(name)
    if (request.url !== '/zips/val2017.zip') asked.push(name)
    if (answer) answer(request, response)
    else if (request.url === '/zips/val2017.zip') sendRange(request, response, zip)
    else send(request.url === `/val2017/${name}` ? photos[name] : undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    instead(name, answer) {
      if (answer) answers.set(name, answer)
      else answers.delete(name)
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function sendRange({ headers }: IncomingMessage, response: ServerResponse, bytes: Uint8Array): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')!.map(Number)
  response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${bytes.length}` })
  response.end(bytes.subarray(first, last! + 1))
}
