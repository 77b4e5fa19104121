/** The value below which that share of all is; NaN where there is none. */
export function percentile(values, share) {
  const ascending = Float64Array.from(values).sort()
  return ascending.length === 0
    ? Number.NaN
    : ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))]
}
