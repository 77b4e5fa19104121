import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { urlOf } from '@image-recommender/server/service'
import { describe, expect, it } from 'vitest'
import { checkPlace, placeError } from '../src/listening.ts'

describe('the place to listen at', () => {
  it('is checked beforehand, in words that name the port', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(checkPlace({ host: '127.0.0.1', port })).rejects.toThrow(
      `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start`,
    )
    other.close()
    await once(other, 'close')
    await expect(checkPlace({ host: '127.0.0.1', port })).resolves.toBeUndefined()
    await expect(checkPlace({ host: '192.0.2.1', port })).rejects.toThrow(
      'HOST is "192.0.2.1": this machine has no such address',
    )
  })

  it('has other words for other reasons', () => {
    const place = { host: 'localhost', port: 80 }
    expect(String(placeError({ code: 'EACCES' }, place))).toContain('Port 80 is not allowed to you')
    const bug = new TypeError('bug')
    expect(placeError(bug, place)).toBe(bug)
  })

  it('is shown as an address for a browser', () => {
    expect(urlOf({ host: '127.0.0.1', port: 3000 })).toBe('http://127.0.0.1:3000/')
    expect(urlOf({ host: '0.0.0.0', port: 3000 })).toBe('http://localhost:3000/')
    expect(urlOf({ host: '::1', port: 3000 })).toBe('http://[::1]:3000/')
  })
})
