import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../src/settings.ts'

describe('readSettings', () => {
  it('has defaults, with the data beside the repository’s package.json wherever one stands', () => {
    const settings = readSettings([], {}, '/somewhere')
    if (settings === 'help') throw new Error('no help was asked for')
    expect(settings).toMatchObject({ port: 3000, host: '127.0.0.1', photos: undefined })
    expect(settings.dataFolder).toMatch(/\.data$/)
    expect(existsSync(join(dirname(settings.dataFolder), 'pnpm-workspace.yaml'))).toBe(true)
  })

  it('takes the command line before the environment, and folders from where one stands', () => {
    const environment = { PORT: '1', HOST: '::1', DATA_FOLDER: 'data' }
    expect(readSettings(['--port', '4000', '--photos=my photos'], environment, '/home/me')).toEqual({
      port: 4000,
      host: '::1',
      dataFolder: '/home/me/data',
      photos: '/home/me/my photos',
    })
    expect(readSettings([], { PORT: '4001', DATA_FOLDER: '/data' }, '/home/me')).toMatchObject({
      port: 4001,
      dataFolder: '/data',
    })
    expect(readSettings([], { PORT: '', HOST: ' ', DATA_FOLDER: '' }, '/')).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
    })
    expect(readSettings(['--port', '0'], {}, '/')).toMatchObject({ port: 0 })
  })

  it('gives help', () => {
    expect(readSettings(['--help'], {}, '/')).toBe('help')
    expect(readSettings(['-h'], { PORT: 'x' }, '/')).toBe('help')
  })

  it.each([
    [['--port', 'abc'], {}, '--port is "abc"; it must be a whole number from 0 to 65535.'],
    [['--port', '65536'], {}, '--port is "65536"'],
    [['--port=-1'], {}, '--port is "-1"'],
    [[], { PORT: '3e3' }, 'PORT is "3e3"'],
    [[], { HOST: 'a b' }, 'HOST is "a b"; it must be a host name or an IP address.'],
    [['--photos='], {}, '--photos is ""; it must be the path of a folder.'],
    [['--photos'], {}, "'--photos <value>' argument missing"],
    [['--verbose'], {}, "Unknown option '--verbose'."],
    [['photos'], {}, "Unexpected argument 'photos'"],
  ])('refuses %j %j', (commandLine, environment, message) => {
    expect(() => readSettings(commandLine, environment, '/')).toThrow(message)
  })
})
