import { connect } from 'node:net'

export interface HttpAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** After this without a word the server is taken to wait for more of a request that may not be whole. */
const WAITS_AFTER_MS = 250
/** No server takes that long to answer, or to let go of a connection whose client has ended. */
const HANGS_AFTER_MS = 60_000

/**
 * Sends these bytes over a connection of their own and reads what comes. The client ends its side as soon as an answer is there, or as the
 * server seems to wait for more.
 *
 * @param whole that there is nothing more to wait for: it must be answered
 * @throws Error where the server holds on to the connection then, or answers what is no HTTP
 */
export async function exchange(port: number, bytes: Uint8Array, whole: boolean): Promise<HttpAnswer[]> {
  const received: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const hanging = setTimeout(() => {
      socket.destroy()
      reject(new Error('The server holds on to a connection, and says nothing.'))
    }, HANGS_AFTER_MS)
    const waiting = whole ? undefined : setTimeout(() => socket.end(), WAITS_AFTER_MS)
    socket.on('data', (chunk) => {
      received.push(chunk)
      if (answersIn(Buffer.concat(received)).rest.length === 0) socket.end()
    })
    // A reset is an answer, too: to somebody who goes on sending what nobody wants.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(hanging)
      clearTimeout(waiting)
      resolve()
    })
    socket.write(bytes)
  })
  const { answers } = answersIn(Buffer.concat(received))
  if (whole && answers.length === 0) throw new Error('The server has ended the connection without an answer.')
  return answers
}

/** The answers that are complete, and what is left. */
function answersIn(bytes: Buffer): { answers: HttpAnswer[]; rest: Buffer } {
  const answers: HttpAnswer[] = []
  let rest = bytes
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n')
    if (end === -1) break
    const head = rest.toString('latin1', 0, end)
    const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(head)?.[1])
    if (Number.isNaN(status)) throw new Error(`The server answered with what is no HTTP: ${head.slice(0, 200)}`)
    const behind = rest.subarray(end + 4)
    const body = bodyIn(head, status, behind)
    if (body === undefined) break
    answers.push({ status, head, body: body.toString('utf8') })
    rest = behind.subarray(body.length)
  }
  return { answers, rest }
}

function bodyIn(head: string, status: number, bytes: Buffer): Buffer | undefined {
  if (status < 200 || status === 204 || status === 304) return bytes.subarray(0, 0)
  if (/^transfer-encoding: chunked/im.test(head)) {
    const end = bytes.indexOf('0\r\n\r\n')
    return end === -1 ? undefined : bytes.subarray(0, end + 5)
  }
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
  // The answer to a HEAD says how long it would be; what follows it is another answer, or nothing.
  if (bytes.length === 0 || bytes.toString('latin1', 0, 5) === 'HTTP/') return bytes.subarray(0, 0)
  return bytes.length < length ? undefined : bytes.subarray(0, length)
}
