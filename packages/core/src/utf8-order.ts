/**
 * Compares two well-formed strings by their UTF-8 bytes, which is the order of their code points, and the one that
 * databases keep under collation "C". JavaScript's own `<` compares UTF-16 units and puts U+10000 and above before U+E000.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Moves the surrogates (which stand for code points from U+10000) behind the last unit, U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
