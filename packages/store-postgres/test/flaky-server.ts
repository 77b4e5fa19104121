import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a real server that can be cut and mended, and held up: what an application sees of a server that has bad days. */
export class FlakyServer {
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  readonly #others = new Map<Socket, Socket>()
  #server: Server | undefined
  #port = 0
  #isHeld = false

  constructor(url: string) {
    this.#target = new URL(url)
  }

  get url(): string {
    const url = new URL(this.#target)
    url.host = `127.0.0.1:${this.#port}`
    return url.href
  }

  /** Lets connections through, at the port that it had before. */
  async up(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(Number(this.#target.port || 5432), this.#target.hostname)
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        this.#others.set(socket, other)
        socket.on('error', () => other.destroy())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          this.#others.delete(socket)
          other.destroy()
        })
        if (!this.#isHeld) socket.pipe(other)
      }
    })
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection, and refuses new ones. */
  async down(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
    this.#isHeld = false
  }

  /** Lets nothing through any more, without saying so, until it was down or let go. */
  hold(): void {
    this.#isHeld = true
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  /** Lets through what was held up, and all that follows. */
  letGo(): void {
    this.#isHeld = false
    for (const socket of this.#sockets) socket.pipe(this.#others.get(socket)!)
  }
}
