/**
 * What each object weighs: rare ones tell more of an image than those that most images have. It is the square of the inverse document
 * frequency, smoothed (Spärck Jones 1972): `(1 + ln((1 + total) / (1 + count)))²`, at least 1.
 *
 * @param total how many images there are
 * @param perAxis in how many of them each axis is above 0
 */
export function rarityOf({ total, perAxis }: { total: number; perAxis: Uint32Array }): Float64Array {
  return Float64Array.from(perAxis, (count) => (1 + Math.log((1 + total) / (1 + Math.min(count, total)))) ** 2)
}
