/** Class sets as bytes, in the names of keys: one byte an axis where that suffices, or else two, the higher first. */
export class AxesCodec {
  /** Bytes an axis. */
  readonly width: 1 | 2

  constructor(dimensions: number) {
    this.width = dimensions <= 256 ? 1 : 2
  }

  encode(axes: Uint16Array): Buffer {
    const bytes = Buffer.allocUnsafe(this.width * axes.length)
    for (const [at, axis] of axes.entries()) bytes.writeUIntBE(axis, this.width * at, this.width)
    return bytes
  }

  decode(bytes: Buffer): Uint16Array {
    const { width } = this
    return Uint16Array.from({ length: bytes.length / width }, (_, at) => bytes.readUIntBE(width * at, width))
  }
}
