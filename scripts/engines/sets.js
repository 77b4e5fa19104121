/**
 * A set is all engines, started together. Each has a record in the cached folder, written before its first process is
 * started and removed after its last one has ended: whatever was killed on the way can be found and ended later.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalog, clusterNode } from './catalog.js'
import { dataOf, engines } from './places.js'
import { beginningOf, endProcesses } from './processes.js'
import { joinCluster } from './redis.js'
import { startServer } from './server.js'
import { suites } from './suites.js'

/** The record of the set that `start` leaves running. */
export const RUNNING = 'running.json'
const STARTING = 'starting.json'

const cluster = { redisCluster1: clusterNode, redisCluster2: clusterNode, redisCluster3: clusterNode }

/** Starts a set that stays until it is stopped. */
export async function startLasting(signal) {
  const record = await startSet(STARTING, {}, signal)
  renameSync(join(engines, STARTING), join(engines, RUNNING))
  return record
}

/** Starts a set that belongs to this process. */
export async function startOwn(signal) {
  const file = `run-${process.pid}.json`
  const record = await startSet(file, { runner: { pid: process.pid, began: beginningOf(process.pid) } }, signal)
  return { record, stop: () => stopSet(file) }
}

async function startSet(file, about, signal) {
  const head = { id: `engines-${randomBytes(4).toString('hex')}`, ...about }
  write(file, head)
  try {
    const record = { ...head, ...(await startAll(head.id, signal)) }
    write(file, record)
    return record
  } catch (error) {
    await stopSet(file)
    throw error
  }
}

async function startAll(id, signal) {
  const start = (kinds) =>
    allOf(Object.entries(kinds).map(async ([name, kind]) => [name, await startServer(kind, { id, name, signal })]))
  // The cluster takes a while to agree, so it begins before the others are up.
  const startCluster = async () => {
    const nodes = await start(cluster)
    const ports = nodes.map(([, node]) => node.ports)
    await joinCluster(clusterNode, ports, { signal })
    return nodes
  }
  const servers = Object.fromEntries((await allOf([start(catalog), startCluster()])).flat())

  const kinds = { ...catalog, ...cluster }
  const each = (names, give) => Object.fromEntries(names.map((name) => [name, give(servers[name], kinds[name])]))
  const names = Object.keys(kinds)
  const versions = await allOf(names.map((name) => kinds[name].version(servers[name].ports)))
  const url = ({ ports }, kind) => kind.url(ports)
  return {
    ...each(Object.keys(catalog), url),
    redisCluster: Object.values(each(Object.keys(cluster), url)),
    versions: Object.fromEntries(names.map((name, i) => [name, versions[i]])),
    pids: each(names, ({ pid }) => pid),
    began: each(names, ({ pid }) => beginningOf(pid)),
  }
}

/** Like Promise.all, but nothing goes on behind its back after one has failed. */
async function allOf(promises) {
  const results = await Promise.allSettled(promises)
  for (const { status, reason } of results) if (status === 'rejected') throw reason
  return results.map(({ value }) => value)
}

/** Ends a set, and removes its data and its record. */
export async function stopSet(file) {
  const { id } = read(file)
  await endProcesses(id)
  for (const suite of Object.keys(suites)) rmSync(dataOf(suite, id), { recursive: true, force: true })
  rmSync(join(engines, file))
}

/** Ends what `run` or `start` left behind when they were killed, and gives the records of the sets that are left. */
export async function stopAbandoned() {
  const left = []
  for (const file of readdirSync(engines)) {
    if (!/^(running|starting|run-\d+)\.json$/.test(file)) continue
    const record = read(file)
    // A `run` that is ending has just removed its own.
    if (!record) continue
    // Whoever asks holds the lock, so nobody is starting.
    const isAbandoned = file === STARTING || (record.runner && beginningOf(record.runner.pid) !== record.runner.began)
    if (isAbandoned) {
      console.error(`› Ending the engines that a killed process left behind (${record.id})`)
      await stopSet(file)
    } else left.push({ file, ...record })
  }
  return left
}

/** Whether each server of a set is still the process that it was. */
export function isAlive({ pids, began }) {
  return Object.entries(pids).every(([name, pid]) => beginningOf(pid) === began[name])
}

/** Undefined where there is no such set. */
export function read(file) {
  const path = join(engines, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** Whole or not at all. */
function write(file, record) {
  mkdirSync(engines, { recursive: true })
  writeFileSync(join(engines, `${file}.partial`), `${JSON.stringify(record, null, 2)}\n`)
  renameSync(join(engines, `${file}.partial`), join(engines, file))
}
