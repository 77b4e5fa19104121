const SLOTS = 16_384

/** The slot of a Cluster in which keys with this hash tag are: CRC-16 (XMODEM) of its bytes. */
export function slotOf(tag: string): number {
  let sum = 0
  for (const byte of Buffer.from(tag)) {
    sum ^= byte << 8
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000 ? ((sum << 1) ^ 0x1021) & 0xffff : (sum << 1) & 0xffff
  }
  return sum % SLOTS
}
