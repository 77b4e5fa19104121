/** What one request may ask for. */
export interface Limits {
  /** Of one file; 32 MiB by default. */
  readonly uploadBytes: number
  /** Images in one batch; 100 by default. */
  readonly batch: number
  /** Requests with images that are under way at once, each with its image in memory; 16 by default. */
  readonly uploads: number
  /** Searches that are under way at once, those that wait for their turn included, but not those by an image that is sent; 200 by default. */
  readonly searches: number
  /** Searches of these that are worked on at once, while the others wait; 8 by default. */
  readonly searchesAtOnce: number
  /** How long a search may wait for its turn, in milliseconds; 1000 by default. */
  readonly searchWait: number
}

export function withDefaults({
  uploadBytes = 32 * 1024 * 1024,
  batch = 100,
  uploads = 16,
  searches = 200,
  searchesAtOnce = 8,
  searchWait = 1000,
}: Partial<Limits> = {}): Limits {
  return { uploadBytes, batch, uploads, searches, searchesAtOnce, searchWait }
}
