/** A row may be so much higher than asked for, where what comes next is very wide. */
const HIGHEST = 1.6

/**
 * Rows of equal height, each as wide as the wall.
 *
 * @param {number[]} ratios width by height of each picture
 * @param {{ width: number, height: number, gap: number }} wall in pixels; rows are about as high as `height`
 * @returns {{ count: number, height: number, full: boolean }[]} of the pictures in their order; only the last row may not be full
 */
export function justify(ratios, { width, height, gap }) {
  const heightOf = (count, sum) => (width - gap * (count - 1)) / sum
  const rows = []
  let count = 0
  let sum = 0
  const close = () => {
    rows.push({ count, height: Math.min(heightOf(count, sum), height * HIGHEST), full: true })
    count = 0
    sum = 0
  }
  for (const ratio of ratios) {
    if (count > 0 && isNearer(heightOf(count, sum), heightOf(count + 1, sum + ratio), height)) close()
    count += 1
    sum += ratio
    if (heightOf(count, sum) <= height) close()
  }
  if (count > 0) rows.push({ count, height, full: false })
  return rows
}

/** Whether the row is nearer to its height now than with one more picture that would make it too low. */
function isNearer(now, then, height) {
  return then < height && now / height <= height / then && now <= height * HIGHEST
}
