/** Starts real engines, kills what holds them, and looks for what is left. Needs root, and the engines brought. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { catalog } from '../catalog.js'
import { runWithin } from '../chroot.js'
import { dataOf, engines } from '../places.js'
import { sparePorts } from '../ports.js'
import { beginningOf, endProcesses, processesOf } from '../processes.js'
import { startServer } from '../server.js'
import { isAlive, read } from '../sets.js'
import { allAreHere, suites } from '../suites.js'

const index = fileURLToPath(new URL('../index.js', import.meta.url))
const skip =
  process.getuid?.() !== 0 ? 'needs root' : !allAreHere() && 'the engines are not here: npm run engines -- bring'

describe('engines', { skip, timeout: 600_000 }, () => {
  test('a command finds every engine, and its exit code is passed on', async () => {
    const runner = start('run', '--', process.execPath, '-p', 'JSON.stringify(process.env)')
    const env = JSON.parse(await output(runner))
    const ports = Object.keys(env)
      .filter((name) => name.startsWith('TEST_'))
      .flatMap((name) => env[name].split(',').map((url) => new URL(url).port))
    assert.equal(new Set(ports).size, 8)
    assert.equal(await ended(start('run', '--', 'sh', '-c', 'exit 7')), 7)
    assert.equal(await ended(start('run', '--', '/not/there')), 1)
    assertNothingLeft(runner.pid)
  })

  test('the engines are those that they are said to be', async () => {
    const runner = start('run', '--', 'sleep', '1000')
    const record = await started(runner)
    assert.match(record.versions.postgres17, /^PostgreSQL 17\./)
    assert.match(record.versions.postgres15, /^PostgreSQL 15\./)
    assert.match(record.versions.redis8, /^redis 8\.0\./)
    assert.match(record.versions.redis7, /^redis 7\.0\./)
    assert.match(record.versions.valkey, /^valkey /)
    const psql = ['/usr/bin/psql', record.postgres17, '-tA', '-c']
    const vector = await runWithin('trixie', 'postgres', [
      ...psql,
      "create extension vector; select '[1,2]'::halfvec(2) <-> '[1,4]'",
    ])
    assert.match(vector, /^2$/m)
    assert.match(await runWithin('trixie', 'postgres', [...psql, 'show server_encoding']), /UTF8/)
    assert.match(await runWithin('trixie', 'postgres', [...psql, 'show fsync']), /on/)
    const set = ['/usr/bin/redis-cli', '-c', '-u', record.redisCluster[0], 'set']
    for (const key of ['a', 'b', 'c', 'd']) assert.match(await runWithin('trixie', 'redis', [...set, key, '1']), /OK/)
    for (const pid of processesOf(record.id)) assert.notEqual(ownerOf(pid), 0)
    runner.kill('SIGTERM')
    await once(runner, 'exit')
  })

  test('a signal ends the command and everything with it', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      const runner = start('run', '--', 'sh', '-c', 'sleep 1000; echo survived')
      const { id } = await started(runner)
      runner.kill(signal)
      assert.equal(await output(runner), '')
      assert.deepEqual(processesOf(id), [])
      assertNothingLeft(runner.pid)
    }
  })

  test('what a killed runner leaves, whenever it is killed, the next one ends', async () => {
    for (const after of [300, 900, 1500, 2500, 'started']) {
      const runner = start('run', '--', 'sh', '-c', 'exec sleep 3')
      const set = after === 'started' ? await started(runner) : await delay(after)
      runner.kill('SIGKILL')
      await once(runner, 'exit')
      if (set) assert.ok(processesOf(set.id).length >= 8, 'servers outlive a runner that is killed')
      assert.equal(await ended(start('run', '--', 'true')), 0)
      assertNothingLeft(runner.pid)
    }
  })

  test('a process that merely has the pid of a server is left alone', async () => {
    const bystander = spawn('sleep', ['1000'])
    const gone = start('--help')
    await once(gone, 'exit')
    const record = { id: 'engines-00000000', runner: { pid: gone.pid, began: 1 }, pids: { redis8: bystander.pid } }
    writeFileSync(join(engines, `run-${gone.pid}.json`), JSON.stringify(record))
    assert.equal(await ended(start('run', '--', 'true')), 0)
    assertNothingLeft(gone.pid)
    assert.notEqual(beginningOf(bystander.pid), undefined)
    bystander.kill()
  })

  test('a set is alive as long as all of its servers are', async () => {
    const runner = start('run', '--', 'sleep', '1000')
    const record = await started(runner)
    assert.equal(isAlive(record), true)
    process.kill(record.pids.valkey, 'SIGKILL')
    while (processesOf(record.id).includes(record.pids.valkey)) await delay(10)
    assert.equal(isAlive(record), false)
    runner.kill('SIGTERM')
    await once(runner, 'exit')
    assertNothingLeft(runner.pid)
  })

  test('two at once have engines of their own, and leave those of the other alone', async () => {
    const [one, other] = [start('run', '--', 'sleep', '1000'), start('run', '--', 'sleep', '1000')]
    const records = await Promise.all([started(one), started(other)])
    assert.notEqual(records[0].redis8, records[1].redis8)
    one.kill('SIGTERM')
    await once(one, 'exit')
    assert.deepEqual(processesOf(records[0].id), [])
    assert.ok(processesOf(records[1].id).length >= 8)
    other.kill('SIGTERM')
    await once(other, 'exit')
    assertNothingLeft(other.pid)
  })

  test('a server whose port was taken meanwhile is given another', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const id = `engines-test${process.pid}`
    try {
      for (const name of ['postgres17', 'postgres15', 'redis8', 'redis7', 'valkey']) {
        let asked = 0
        const findPorts = (count) => (++asked === 1 ? [taken.address().port] : sparePorts(count))
        const { signal } = new AbortController()
        const { ports } = await startServer(catalog[name], { id, name, signal, findPorts })
        assert.equal(asked, 2)
        assert.notEqual(ports[0], taken.address().port)
      }
    } finally {
      await endProcesses(id)
      for (const suite of Object.keys(suites)) rmSync(dataOf(suite, id), { recursive: true, force: true })
      taken.close()
    }
  })
})

function start(...args) {
  return spawn(process.execPath, [index, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
}

async function ended(child) {
  child.stdout.resume()
  const [code] = await once(child, 'exit')
  return code
}

async function output(child) {
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  return text
}

/** The record of a runner, once its command runs. */
async function started(runner) {
  for (;;) {
    assert.equal(runner.exitCode, null)
    const record = read(`run-${runner.pid}.json`)
    if (record?.pids) return record
    await delay(50)
  }
}

const ownerOf = (pid) => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

function assertNothingLeft(pid) {
  assert.equal(existsSync(join(engines, `run-${pid}.json`)), false)
  const known = readdirSync(engines)
    .filter((name) => name.endsWith('.json'))
    .map((name) => read(name)?.id)
  for (const suite of Object.keys(suites)) {
    const folders = readdirSync(dataOf(suite, '', '')).filter((id) => !known.includes(id))
    assert.deepEqual(folders, [])
  }
}
