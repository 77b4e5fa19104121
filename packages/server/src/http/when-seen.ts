import type { EventEmitter } from 'node:events'

/**
 * Whoever works on the event loop keeps others waiting before the door: in each turn of it Node accepts one connection (libuv since 1.45).
 *
 * @returns calls back once the event loop has turned without a new connection or request, or has turned for as long as the turn took in which this was asked for
 */
export function createWhenSeen(server: EventEmitter): (call: () => void) => void {
  let arrivals = 0
  const count = () => {
    arrivals += 1
  }
  server.on('connection', count)
  server.on('request', count)

  return (call) => {
    const asked = performance.now()
    let seen: number | undefined
    let end = 0
    const look = () => {
      const now = performance.now()
      if (seen === undefined) end = now + (now - asked)
      if (seen === arrivals || now >= end) {
        call()
        return
      }
      seen = arrivals
      setImmediate(look)
    }
    setImmediate(look)
  }
}
