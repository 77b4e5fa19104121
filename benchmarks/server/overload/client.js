import { Agent, request } from 'node:http'

/**
 * Asks on as many connections as are needed, which are kept. @returns sends a request, and resolves with the answer's status, 0 where there was none
 */
export function createClient(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity, scheduling: 'lifo' })
  const ask = ({ path, method = 'GET', headers, body }) =>
    new Promise((resolve) => {
      const asked = request(url + path, { agent, method, headers }, (response) => {
        response.on('end', () => resolve(response.statusCode)).on('error', () => resolve(0))
        response.resume()
      })
      asked.on('error', () => resolve(0))
      asked.end(body)
    })
  return { ask, close: () => agent.destroy() }
}
