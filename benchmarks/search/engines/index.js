/** Every engine that can be measured, and up to how many images it is. */
const engines = {
  ours: { module: './ours.js', largest: Number.POSITIVE_INFINITY },
  'flat-js': { module: './flat-js.js', largest: 10_000_000 },
  hnswlib: { module: './hnswlib.js', largest: 1_000_000 },
  usearch: { module: './usearch.js', largest: 1_000_000 },
  'faiss-flat': { module: './faiss.js', largest: 10_000_000 },
  'faiss-hnsw': { module: './faiss.js', largest: 1_000_000 },
}

export const engineNames = Object.keys(engines)

export const largestFor = (name) => engines[name].largest

/** The engine's module: `missing()` says what it lacks on this machine, `measureEngine(job)` measures it. */
export const loadEngine = (name) => import(engines[name].module)
