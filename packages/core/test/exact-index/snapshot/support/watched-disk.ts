import type * as fs from 'node:fs'
import type * as promises from 'node:fs/promises'

/** One call of `node:fs/promises` or of a file handle: `open`, `rename`, `file.write`, …; or of `node:fs`: `readSync`, … */
export interface DiskCall {
  /** From 0 on, since the last `intervene`. */
  readonly number: number
  readonly name: string
  /** Of the file or folder, or of what the handle was opened for. */
  readonly path: string
}

export interface Intervention {
  /** Throws, or makes the call wait. */
  before?(call: DiskCall): void | Promise<void>
  /** Called when it is done: throws where the call did what it should, but fails nevertheless. */
  after?(call: DiskCall): void
  /** How many bytes a read or write of `length` is given; it may throw. */
  allows?(length: number, call: DiskCall): number
}

type AnyFunction = (...given: unknown[]) => unknown

/**
 * The disk as the code under test sees it: every call is written down, and the test may intervene. It takes the place
 * of `node:fs/promises`, all of it, so that nothing goes unseen, whatever the code calls.
 */
export class WatchedDisk {
  calls: DiskCall[] = []
  /** How many files were opened and not closed. */
  openFiles = 0
  #intervention: Intervention = {}

  /** From now on. What was written down before is forgotten. */
  intervene(intervention: Intervention): void {
    this.calls = []
    this.#intervention = intervention
  }

  watched(real: typeof promises): typeof promises {
    const watched: Record<string, unknown> = {}
    for (const [name, member] of Object.entries(real)) {
      watched[name] = typeof member === 'function' ? this.#watchedFunction(name, member as AnyFunction) : member
    }
    watched.default = watched
    return watched as unknown as typeof promises
  }

  /** What blocks, of `node:fs`. Such a call cannot be made to wait. */
  watchedSync(real: typeof fs): typeof fs {
    const watched: Record<string, unknown> = { ...real }
    for (const [name, member] of Object.entries(real)) {
      if (!name.endsWith('Sync') || typeof member !== 'function') continue
      watched[name] = (...given: unknown[]) => this.#callSync(name, given, member as AnyFunction)
    }
    watched.openSync = (...given: Parameters<typeof fs.openSync>) => {
      let file: number | undefined
      try {
        this.#callSync('openSync', given, () => {
          file = real.openSync(...given)
        })
      } catch (error) {
        // Nobody else can.
        if (file !== undefined) real.closeSync(file)
        throw error
      }
      this.openFiles++
      return file!
    }
    watched.closeSync = (file: number) => {
      try {
        this.#callSync('closeSync', [file], () => {})
      } finally {
        real.closeSync(file)
        this.openFiles--
      }
    }
    watched.default = watched
    return watched as unknown as typeof fs
  }

  #watchedFunction(name: string, real: AnyFunction): AnyFunction {
    if (name === 'open') return (path, ...rest) => this.#open(String(path), () => real(path, ...rest))
    return (path, ...rest) => this.#call(name, String(path), () => real(path, ...rest))
  }

  async #open(path: string, open: () => unknown): Promise<promises.FileHandle> {
    let file: promises.FileHandle | undefined
    try {
      await this.#call('open', path, async () => {
        file = (await open()) as promises.FileHandle
      })
    } catch (error) {
      // Nobody else can.
      await file?.close()
      throw error
    }
    this.openFiles++
    return this.#watchedFile(file!, path)
  }

  #watchedFile(file: promises.FileHandle, path: string): promises.FileHandle {
    return new Proxy(file, {
      get: (_, key) => {
        const name = String(key)
        const member = Reflect.get(file, key, file) as unknown
        if (typeof member !== 'function') return member
        return (...given: unknown[]) => {
          const call = () => member.apply(file, given)
          if (name === 'close') return this.#close(path, call)
          if (name === 'read' || name === 'write')
            return this.#transfer(name, path, given, (some) => member.apply(file, some))
          return this.#call(`file.${name}`, path, call)
        }
      },
    })
  }

  /** A file is closed even where closing it fails, as on any system. */
  async #close(path: string, close: () => Promise<void>): Promise<void> {
    try {
      await this.#call('file.close', path, () => {})
    } finally {
      await close()
      this.openFiles--
    }
  }

  #transfer(name: string, path: string, given: unknown[], transfer: (given: unknown[]) => unknown): Promise<unknown> {
    return this.#call(`file.${name}`, path, (call) => transfer(this.#allowed(given, call)))
  }

  #callSync(name: string, given: unknown[], real: AnyFunction): unknown {
    const call = { number: this.calls.length, name, path: String(given[0]) }
    this.calls.push(call)
    void this.#intervention.before?.(call)
    const [file, ...transfer] = given
    const result = name === 'readSync' ? real(file, ...this.#allowed(transfer, call)) : real(...given)
    this.#intervention.after?.(call)
    return result
  }

  #allowed([buffer, offset, length, ...rest]: unknown[], call: DiskCall): unknown[] {
    return [buffer, offset, this.#intervention.allows?.(length as number, call) ?? length, ...rest]
  }

  async #call(name: string, path: string, act: (call: DiskCall) => unknown): Promise<unknown> {
    const call = { number: this.calls.length, name, path }
    this.calls.push(call)
    await this.#intervention.before?.(call)
    const result = await act(call)
    this.#intervention.after?.(call)
    return result
  }
}
