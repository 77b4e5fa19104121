/** The median, with the least and the most in brackets. */
export function spread(values, digits) {
  const ascending = [...values].sort((one, other) => one - other)
  const [least, middle, most] = [0, ascending.length >> 1, ascending.length - 1].map((at) =>
    ascending[at].toFixed(digits),
  )
  return ascending.length === 1 ? middle : `${middle} (${least}–${most})`
}
