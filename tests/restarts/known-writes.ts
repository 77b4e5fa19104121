import { existsSync, readFileSync, rmSync } from 'node:fs'
import { expect } from 'vitest'

interface Write {
  readonly number: number
  readonly ids: readonly string[]
  readonly removes?: boolean
  readonly isDone?: boolean
}

/** What may be in a store, by the journals of those who wrote to it: of each image the write that was acknowledged last, or one that was not. */
export class KnownWrites {
  /** Numbers of writes; `undefined`: it is not there. Of what was acknowledged there is but one. */
  readonly #possible = new Map<string, Set<number | undefined>>()
  acknowledged = 0

  /** Takes the journal of a process that has ended, and does away with it. */
  take(journal: string): void {
    if (!existsSync(journal)) return
    const lines = readFileSync(journal, 'utf8').split('\n').filter(Boolean)
    rmSync(journal)
    for (const line of lines) {
      const { number, ids, removes = false, isDone = false } = JSON.parse(line) as Write
      const outcome = removes ? undefined : number
      for (const id of ids) this.#possible.set(id, isDone ? new Set([outcome]) : this.#of(id).add(outcome))
      if (isDone) this.acknowledged++
    }
  }

  /** From now on, what was found is what there is. */
  expect(
    records: readonly { readonly id: string; readonly metadata: { readonly number: number } }[],
    when: string,
  ): void {
    const found = new Map(records.map(({ id, metadata }) => [id, metadata.number]))
    expect(found.size, `${when}: none twice`).toBe(records.length)
    for (const id of found.keys()) expect(this.#possible.has(id), `${when}: ${id} was never added`).toBe(true)
    for (const [id, possible] of this.#possible) {
      expect([...possible], `${when}: ${id}`).toContain(found.get(id))
      this.#possible.set(id, new Set([found.get(id)]))
    }
  }

  #of(id: string): Set<number | undefined> {
    return this.#possible.get(id) ?? new Set([undefined])
  }
}
