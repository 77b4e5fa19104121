/** What is in use after garbage collection: by JavaScript, buffers included, and by the whole process, native code too. */
export function occupiedBytes() {
  if (!globalThis.gc) throw new Error('Run with --expose-gc.')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { javascript: heapUsed + external, process: rss }
}
