import { seededRandom } from '@image-recommender/core/testing'

/** Between so many images of its own a client keeps, so that the collection stays as large as it is. */
const FEWEST = 20
const MOST = 40

/** Adds, searches and deletes, one after the other, and sees that every answer is what it should be. */
export class Client {
  readonly #url: string
  readonly #pictures: readonly Buffer[]
  readonly #random: () => number
  readonly #own: string[] = []
  /** Of all clients, since one finds what another has added. */
  readonly #deleted: Set<string>
  /** How often each thing was done. */
  readonly done = new Map<string, number>()

  constructor(url: string, pictures: readonly Buffer[], deleted: Set<string>, seed: number) {
    this.#url = url
    this.#pictures = pictures
    this.#deleted = deleted
    this.#random = seededRandom(seed)
  }

  async workUntil(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const what = this.#next()
      await this[what]()
      this.done.set(what, (this.done.get(what) ?? 0) + 1)
    }
  }

  #next() {
    if (this.#own.length < FEWEST) return 'add'
    const chance = this.#random()
    if (chance < 0.2) return this.#own.length < MOST ? 'add' : 'delete'
    if (chance < 0.4) return 'delete'
    if (chance < 0.75) return 'searchLike'
    return chance < 0.85 ? 'searchByImage' : 'look'
  }

  async add(): Promise<void> {
    const { id } = await this.#json<{ id: string }>('/v1/images', 201, { method: 'POST', body: this.#form() })
    this.#own.push(id)
  }

  async delete(): Promise<void> {
    const [id] = this.#own.splice(Math.floor(this.#random() * this.#own.length), 1)
    await this.#answer(`/v1/images/${id}`, 204, { method: 'DELETE' })
    this.#deleted.add(id!)
  }

  async searchLike(): Promise<void> {
    await this.#search(`/v1/images/${this.#anyOwn()}/similar?limit=${1 + Math.floor(this.#random() * 50)}`)
  }

  async searchByImage(): Promise<void> {
    await this.#search('/v1/search', { method: 'POST', body: this.#form() })
  }

  async look(): Promise<void> {
    await this.#answer(`/v1/images/${this.#anyOwn()}/${this.#random() < 0.7 ? 'thumbnail' : 'file'}`, 200)
  }

  async #search(path: string, init?: RequestInit): Promise<void> {
    const before = new Set(this.#deleted)
    const { items } = await this.#json<{ items: { id: string }[] }>(path, 200, init)
    const returned = items.find(({ id }) => before.has(id))
    if (returned) throw new Error(`${path} found ${returned.id}, which had been deleted.`)
  }

  #anyOwn(): string {
    return this.#own[Math.floor(this.#random() * this.#own.length)]!
  }

  /** With bytes of its own, as no image comes twice. */
  #form(): FormData {
    const picture = this.#pictures[Math.floor(this.#random() * this.#pictures.length)]!
    const form = new FormData()
    form.append('image', new Blob([new Uint8Array(picture), `${this.#random()}`]), 'picture.webp')
    form.append('tag', 'soak')
    return form
  }

  async #json<Answer>(path: string, status: number, init?: RequestInit): Promise<Answer> {
    return JSON.parse(await this.#answer(path, status, init))
  }

  async #answer(path: string, status: number, init: RequestInit = {}): Promise<string> {
    const response = await fetch(this.#url + path, init)
    const text = await response.text()
    if (response.status !== status) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${text}`)
    return text
  }
}
