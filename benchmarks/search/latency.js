/** Percentiles in milliseconds (nearest rank), and how many could be answered in a second, one after the other. */
export function summary(milliseconds) {
  const ascending = Float64Array.from(milliseconds).sort()
  const total = ascending.reduce((sum, value) => sum + value, 0)
  const at = (share) => ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]
  return {
    count: ascending.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    mean: total / ascending.length,
    perSecond: (1000 * ascending.length) / total,
  }
}
