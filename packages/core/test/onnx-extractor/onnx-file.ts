/** Writes small .onnx files by hand: just as much of the protocol buffers of onnx.proto as these tests need. */

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Buffer.from([...bytes, rest])
}

export function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)])
}

export function bytes(field: number, value: string | Uint8Array): Buffer {
  const content = Buffer.from(value as string)
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}

export function message(field: number, ...parts: Buffer[]): Buffer {
  return bytes(field, Buffer.concat(parts))
}

export const FLOAT = 1
const INT32 = 6
const INT64 = 7

export interface TensorValue {
  readonly dims: readonly number[]
  readonly data: Float32Array | Int32Array | BigInt64Array
}

export function tensor(field: number, name: string, { dims, data }: TensorValue): Buffer {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return message(
    field,
    ...dims.map((dim) => number(1, dim)),
    number(2, elementType(data)),
    bytes(8, name),
    bytes(9, raw),
  )
}

function elementType(data: TensorValue['data']): number {
  if (data instanceof Float32Array) return FLOAT
  return data instanceof Int32Array ? INT32 : INT64
}

/** @param dims a string is a dimension that is open */
export function declared(field: number, name: string, type: number, dims: readonly (number | string)[]): Buffer {
  const shape = dims.map((dim) => message(1, typeof dim === 'number' ? number(1, dim) : bytes(2, dim)))
  return message(field, bytes(1, name), message(2, message(1, number(1, type), message(2, ...shape))))
}

export function model(...graph: Buffer[]): Buffer {
  return Buffer.concat([number(1, 8), message(8, number(2, 13)), message(7, bytes(2, 'graph'), ...graph)])
}

/** @param attributes whole numbers, or lists of them */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Buffer {
  const attribute = ([name, value]: [string, number | readonly number[]]) =>
    typeof value === 'number'
      ? message(5, bytes(1, name), number(3, value), number(20, 2))
      : message(5, bytes(1, name), ...value.map((each) => number(8, each)), number(20, 7))
  return message(
    1,
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, operator),
    ...Object.entries(attributes).map(attribute),
  )
}

/** A model that looks at nothing and always gives `outputs`. */
export function constantModel(
  input: { readonly name: string; readonly dims: readonly (number | string)[] },
  outputs: Readonly<Record<string, TensorValue>>,
): Buffer {
  const graph = [declared(11, input.name, FLOAT, input.dims)]
  for (const [name, value] of Object.entries(outputs)) {
    graph.push(message(1, bytes(1, `${name}.constant`), bytes(2, name), bytes(4, 'Identity')))
    graph.push(tensor(5, `${name}.constant`, value))
    graph.push(declared(12, name, elementType(value.data), value.dims))
  }
  return model(...graph)
}

/** A weight that lies in another file. */
export function externalTensor(field: number, name: string, location: string): Buffer {
  const entry = (key: string, value: string) => message(13, bytes(1, key), bytes(2, value))
  const place = [entry('location', location), entry('offset', '0'), entry('length', '16')]
  return message(field, number(1, 4), number(2, FLOAT), bytes(8, name), ...place, number(14, 1))
}
