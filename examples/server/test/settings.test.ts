import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readEnvFile } from '../src/env-file.ts'
import { readSettings, type Settings, variables } from '../src/settings.ts'

function read(commandLine: readonly string[], environment: Record<string, string>, folder = '/'): Settings {
  const settings = readSettings(commandLine, environment, folder)
  if (settings === 'help') throw new Error('no help was asked for')
  return settings
}

describe('readSettings', () => {
  it('has defaults, with the data beside the repository’s package.json wherever one stands', () => {
    const settings = read([], {}, '/somewhere')
    expect(settings).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', TRUST_PROXY: false, API_KEYS: [], READS: 'open' })
    expect(settings.PHOTOS).toBeUndefined()
    expect(settings.LOG_LEVEL).toBeUndefined()
    expect(settings.DATA_FOLDER).toMatch(/\.data$/)
    expect(existsSync(join(dirname(settings.DATA_FOLDER), 'pnpm-workspace.yaml'))).toBe(true)
  })

  it('takes the command line before the environment, and paths from where one stands', () => {
    const environment = { PORT: '1', HOST: '::1', DATA_FOLDER: 'data', MODEL: 'mine.onnx', PHOTOS: 'others' }
    expect(read(['--port', '4000', '--photos=my photos'], environment, '/home/me')).toMatchObject({
      PORT: 4000,
      HOST: '::1',
      DATA_FOLDER: '/home/me/data',
      PHOTOS: '/home/me/my photos',
      MODEL: '/home/me/mine.onnx',
    })
    expect(read([], { PORT: '4001', DATA_FOLDER: '/data', MODEL: 'demo' }, '/home/me')).toMatchObject({
      PORT: 4001,
      DATA_FOLDER: '/data',
      MODEL: 'demo',
    })
    expect(read([], { PORT: '', HOST: ' ', DATA_FOLDER: '' })).toMatchObject({ PORT: 3000, HOST: '127.0.0.1' })
    expect(read(['--port', '0'], {})).toMatchObject({ PORT: 0 })
  })

  it('reads lists and choices', () => {
    const digest = `sha256:${'0'.repeat(64)}`
    expect(read([], { API_KEYS: `a-long-enough-key, ${digest}`, READS: 'key' })).toMatchObject({
      API_KEYS: ['a-long-enough-key', digest],
      READS: 'key',
    })
    const proxies = (TRUST_PROXY: string) => read([], { TRUST_PROXY }).TRUST_PROXY
    expect(['true', 'false', 'loopback, 10.0.0.0/8', 'fd00::/8'].map(proxies)).toEqual([
      true,
      false,
      'loopback, 10.0.0.0/8',
      'fd00::/8',
    ])
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
    [[], { TRUST_PROXY: 'yes' }, 'TRUST_PROXY is "yes"; it must be true, false, or addresses'],
    [[], { TRUST_PROXY: '10.0.0.0/33' }, 'TRUST_PROXY is "10.0.0.0/33"'],
    [[], { WORKERS: '0' }, 'WORKERS is "0"; it must be a whole number from 1 to 64.'],
    [[], { LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud"; it must be one of fatal, error, warn'],
    [[], { READS: 'none' }, 'READS is "none"; it must be open or key.'],
    [[], { READS: 'key' }, 'READS is "key" and API_KEYS is not set; nobody could read anything.'],
    [
      [],
      { DATABASE_URL: 'postgres://db/a', REDIS_URL: 'redis://r' },
      'DATABASE_URL and REDIS_URL are both set; images are kept in one of them.',
    ],
  ])('refuses %j %j', (commandLine, environment, message) => {
    expect(() => readSettings(commandLine, environment, '/')).toThrow(message)
  })

  it('says all that is wrong at once, and no secret', () => {
    const environment = {
      PORT: 'x',
      DATABASE_URL: 'mysql://me:S3CRET@db/a',
      REDIS_URL: 'S3CRET',
      API_KEYS: 'a-long-enough-key,S3CRET',
      READS: 'maybe',
    }
    let message = ''
    try {
      readSettings([], environment, '/')
    } catch (error) {
      message = (error as Error).message
    }
    expect(message.split('\n').map((line) => line.split(/ (?:is|are) /)[0])).toEqual([
      'DATABASE_URL and REDIS_URL',
      'PORT',
      'DATABASE_URL',
      'REDIS_URL',
      'API_KEYS',
      'READS',
    ])
    expect(message).not.toContain('S3CRET')
  })
})

describe('.env.example', () => {
  it('has every setting, each with a comment and either its default or an example that is right', async () => {
    const text = await readFile(new URL('../.env.example', import.meta.url), 'utf8')
    const given = parseEnv(text.replaceAll(/^#(?=[A-Z_]+=)/gm, ''))
    expect(Object.keys(given).sort()).toEqual(Object.keys(variables).sort())
    for (const name of Object.keys(variables)) expect(text).toMatch(new RegExp(`^# .+\\n#${name}=`, 'm'))
    const { DATABASE_URL: _, ...others } = given
    const example = read([], others as Record<string, string>)
    expect(read([], { DATABASE_URL: given.DATABASE_URL! }).DATABASE_URL).toBe(given.DATABASE_URL)
    for (const [name, value] of Object.entries(read([], {}))) {
      // Of these there is no default that would be right for everybody, or would show what they look like.
      if (value === undefined || name === 'DATA_FOLDER' || name === 'API_KEYS') continue
      expect({ [name]: example[name as keyof Settings] }).toEqual({ [name]: value })
    }
  })
})

describe('Dockerfile and docker-compose.yml', () => {
  it('set only what is a setting', async () => {
    const dockerfile = await readFile(new URL('../Dockerfile', import.meta.url), 'utf8')
    const environment = /^ENV ((?:.*\\\n)*.*)/m.exec(dockerfile)![1]!
    const inImage = [...environment.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name)
    const compose = await readFile(new URL('../docker-compose.yml', import.meta.url), 'utf8')
    const server = compose.slice(compose.indexOf('  server:'), compose.indexOf('    ports:'))
    const inCompose = [...server.matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name]) => name)
    expect(inImage).toContain('DATA_FOLDER')
    expect(inCompose).toContain('DATABASE_URL')
    const others = ['NODE_ENV', 'ORT_DISABLE_TELEMETRY']
    for (const name of [...inImage, ...inCompose]) expect([...Object.keys(variables), ...others]).toContain(name)
  })
})

describe('readEnvFile', () => {
  it('reads what is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'example-env-'))
    expect(await readEnvFile(folder)).toEqual({})
    await writeFile(join(folder, '.env'), '# a comment\nPORT=4000\nHOST="::1" # all of it\n#WORKERS=2\n')
    expect(await readEnvFile(folder)).toEqual({ PORT: '4000', HOST: '::1' })
    await rm(folder, { recursive: true })
    await writeFile(folder, '')
    await expect(readEnvFile(folder)).rejects.toThrow('cannot be read (ENOTDIR)')
    await rm(folder)
  })
})
