/**
 * sRGB (IEC 61966-2-1) to CIELAB (CIE 15:2004) under D65. Matrix and white point: Bruce Lindbloom, "RGB/XYZ Matrices".
 *
 * @param target where L (0..100), a and b are written, from index `at`
 */
export function srgbToLab(red: number, green: number, blue: number, target: Float64Array, at = 0): void {
  const r = LINEAR[red]!
  const g = LINEAR[green]!
  const b = LINEAR[blue]!
  const x = lightness((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
  const y = lightness(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = lightness((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  target[at] = 116 * y - 16
  target[at + 1] = 500 * (x - y)
  target[at + 2] = 200 * (y - z)
}

const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

function lightness(share: number): number {
  return share > 216 / 24389 ? Math.cbrt(share) : (share * (24389 / 27) + 16) / 116
}
