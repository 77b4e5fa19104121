const ZERO = 0x30

/** More than the greatest number that stands for its decimal id. */
export const DECIMALS = 2 ** 31

const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

/** The number below 2³¹ whose decimal form is exactly this id, or -1: "7" but not "07", "+7" or "7.0". */
export function decimalOf(id: string): number {
  const length = id.length
  if (length === 0 || length > 10) return -1
  let value = id.charCodeAt(0) - ZERO
  if (value < 0 || value > 9 || (value === 0 && length > 1)) return -1
  for (let at = 1; at < length; at++) {
    const digit = id.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value < DECIMALS ? value : -1
}

/** The order of two numbers' decimal forms as strings: 1, 10, 2. */
export function compareDecimals(a: number, b: number): number {
  const digitsA = digitsOf(a)
  const digitsB = digitsOf(b)
  if (digitsA === digitsB) return a - b
  // With zeros behind it, the shorter one compares like a string up to its end; if it is a prefix, it comes first.
  const difference =
    digitsA < digitsB ? a * POWERS_OF_TEN[digitsB - digitsA]! - b : a - b * POWERS_OF_TEN[digitsA - digitsB]!
  return difference === 0 ? digitsA - digitsB : difference
}

/** Writes the ASCII digits of a number and gives their count, 1..10. */
export function writeDecimal(value: number, to: Uint8Array): number {
  const digits = digitsOf(value)
  for (let at = digits - 1; at >= 0; at--) {
    const rest = Math.floor(value / 10)
    to[at] = ZERO + value - 10 * rest
    value = rest
  }
  return digits
}

function digitsOf(value: number): number {
  let digits = 1
  while (digits < 10 && value >= POWERS_OF_TEN[digits]!) digits++
  return digits
}
