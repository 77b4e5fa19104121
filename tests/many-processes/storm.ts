import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '@image-recommender/core/testing'
import { expect } from 'vitest'
import type { IndexKind, OpenPlace, Place } from './places.ts'
import { ReplicaProcess } from './replica-process.ts'
import { contentOf, truthOf } from './truth.ts'

export interface StormOptions {
  readonly open: OpenPlace
  /** The index of each process; those who name the same shared one share it. */
  readonly indexes: readonly IndexKind[]
  /** How many processes are to be killed at least. */
  readonly kills: number
  readonly seed: number
}

/** Between two looks at whether all agree, so many are killed. */
const KILLS_A_ROUND = 5
/** Who has not come by its point until then is killed wherever it is, in milliseconds. */
const LONGEST_LIFE = 4000
/** With what exit code a process ends whose connection was cut while it started. */
const CANNOT_START = 75

/**
 * Processes over one store write, overwrite and delete the same images at random. Some are killed at named points and others
 * take their places, connections are cut; and when all is calm, the index of each must equal the store.
 */
export class Storm {
  readonly #options: StormOptions
  readonly #random: () => number
  readonly #folder = mkdtempSync(join(tmpdir(), 'many-processes-'))
  #replicas: ReplicaProcess[] = []
  #started = 0
  /** How often a process was killed at each point. */
  readonly kills = new Map<string, number>()
  failedStarts = 0
  writes = 0
  readonly failures = new Map<string, number>()
  /** How long after the calm all agreed, in milliseconds, each time. */
  readonly agreedAfter: number[] = []

  constructor(options: StormOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed)
  }

  get killed(): number {
    return [...this.kills.values()].reduce((sum, count) => sum + count, 0)
  }

  async run(): Promise<void> {
    const { indexes, kills } = this.#options
    try {
      this.#replicas = indexes.map((_, slot) => this.#start(slot))
      await this.#allReady()
      while (this.killed < kills) {
        await this.#round(Math.min(kills, this.killed + KILLS_A_ROUND))
        await this.#agree()
      }
      // And so does whoever comes later, from nothing.
      await Promise.all(this.#replicas.map((replica) => replica.close()))
      rmSync(this.#folder, { recursive: true })
      this.#replicas = [...new Set(indexes)].map((kind) => this.#open(kind))
      await this.#allReady()
      await this.#agree()
    } finally {
      for (const replica of this.#replicas) await replica.close()
      rmSync(this.#folder, { recursive: true, force: true })
    }
  }

  async #round(until: number): Promise<void> {
    for (const replica of this.#replicas) replica.call('storm').catch(() => {})
    const cuts: Promise<void>[] = []
    const cutting = setInterval(() => {
      if (this.#random() < 0.3) cuts.push(this.#options.open.cutConnections(this.#random))
    }, 300)
    const lives = this.#replicas.map((_, slot) => this.#live(slot, until))
    await Promise.all(lives)
    clearInterval(cutting)
    await Promise.all(cuts)
  }

  /** In this place one process after the other lives and dies, until enough have. */
  async #live(slot: number, until: number): Promise<void> {
    while (this.killed < until) {
      const replica = this.#replicas[slot]!
      const timer = setTimeout(() => replica.kill(), LONGEST_LIFE * (0.5 + this.#random() / 2))
      const enough = setInterval(() => this.killed >= until && survived(), 20)
      let survived = () => {}
      const isOver = await Promise.race([
        replica.ended.then(() => false),
        new Promise<boolean>((resolve) => {
          survived = () => resolve(true)
        }),
      ])
      clearTimeout(timer)
      clearInterval(enough)
      if (isOver) return
      await this.#bury(slot)
      await this.#replicas[slot]!.ready.catch(() => {})
      this.#replicas[slot]!.call('storm').catch(() => {})
    }
  }

  /** Sees what a process has died of, and starts another in its place. */
  async #bury(slot: number, doomed = true): Promise<void> {
    const { ended, options } = this.#replicas[slot]!
    const how = await ended
    if (how.startsWith(`exit code ${CANNOT_START}:`)) this.failedStarts++
    else {
      expect(how, `${options.kind}, seed ${this.#options.seed}`).toBe('SIGKILL')
      const point = options.fate?.point ?? 'anywhere'
      this.kills.set(point, (this.kills.get(point) ?? 0) + 1)
    }
    this.#replicas[slot] = this.#start(slot, doomed)
  }

  #start(slot: number, doomed = true): ReplicaProcess {
    const { indexes, open } = this.#options
    const kind = indexes[slot]!
    const points = pointsOf(open.place.store, kind)
    const point = points[Math.floor(this.#random() * points.length)]!
    const after = 1 + Math.floor(20 * this.#random())
    const snapshot = isInMemory(kind) ? join(this.#folder, `${slot}.snapshot`) : undefined
    const fate = doomed ? { point, after, pauses: 0.1 } : { pauses: 0.1 }
    return this.#open(kind, { snapshot, fate })
  }

  #open(kind: IndexKind, more: Partial<ConstructorParameters<typeof ReplicaProcess>[0]> = {}): ReplicaProcess {
    const { open, seed } = this.#options
    return new ReplicaProcess({ place: open.place, kind, seed: seed + 1000 * ++this.#started, ...more })
  }

  async #allReady(): Promise<void> {
    for (const slot of this.#replicas.keys()) {
      for (;;) {
        const { ready } = this.#replicas[slot]!
        if (
          await ready.then(
            () => true,
            () => false,
          )
        )
          break
        // It met its point while it filled its index.
        await this.#bury(slot)
      }
    }
  }

  /** Waits until nobody writes and every index says what the store has. */
  async #agree(): Promise<void> {
    for (const replica of this.#replicas) {
      const counts = await replica
        .call<{ writes: number; failures: Record<string, number> }>('calm')
        .catch(() => undefined)
      this.writes += counts?.writes ?? 0
      for (const [code, count] of Object.entries(counts?.failures ?? {}))
        this.failures.set(code, (this.failures.get(code) ?? 0) + count)
    }
    const calm = performance.now()
    const store = await this.#options.open.store()
    const differing = new Map<ReplicaProcess, string>()
    while (performance.now() - calm < 40_000) {
      for (const [slot, replica] of this.#replicas.entries()) {
        // It died while it was to become calm, or while it followed: another comes, and must agree too.
        if (replica.hasEnded) await this.#bury(slot, false)
        await this.#replicas[slot]!.ready.catch(() => {})
      }
      const truth = await truthOf(store)
      differing.clear()
      for (const replica of this.#replicas) {
        const content = await contentOf(replica).catch((error: Error) => error.message)
        const difference = differenceOf(content, truth)
        if (difference) differing.set(replica, difference)
      }
      if (differing.size === 0) {
        this.agreedAfter.push(Math.round(performance.now() - calm))
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const said = [...differing].map(([{ options }, difference]) => `${options.kind}: ${difference}`)
    expect.fail(`seed ${this.#options.seed}, after ${this.killed} kills:\n${said.join('\n')}`)
  }
}

const isInMemory = (kind: IndexKind) => kind === 'exact' || kind === 'hnsw'

const everywhere = [
  'before store.put',
  'before store.delete',
  'between store and index',
  'between reading the store and writing the index',
  'before a writer writes the index',
  'behind a writer that wrote the index',
  'before the follower writes the index',
  'behind the follower that wrote the index',
]

/** Where a process can be made to end; `anywhere` is by the clock. */
function pointsOf(store: Place['store'], kind: IndexKind): string[] {
  const points = [...everywhere, 'anywhere']
  if (store === 'postgres' || kind === 'postgres' || kind === 'pgvector') {
    points.push('amid a transaction', 'before commit', 'commit on its way')
  }
  if (store !== 'postgres') points.push('before a script', 'a script on its way')
  if (isInMemory(kind)) points.push('amid a save')
  return points
}

function differenceOf(content: unknown, truth: unknown): string | undefined {
  const [has, should] = [JSON.stringify(content), JSON.stringify(truth)]
  if (has === should) return undefined
  const at = [...should].findIndex((_, at) => has[at] !== should[at])
  return `has …${has.slice(Math.max(0, at - 80), at + 80)}…\nshould …${should.slice(Math.max(0, at - 80), at + 80)}…`
}
