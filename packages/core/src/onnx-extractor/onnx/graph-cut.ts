import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import {
  ATTRIBUTE,
  GRAPH,
  MODEL,
  NODE,
  SPARSE_TENSOR,
  STRING_STRING_ENTRY,
  TENSOR,
  TENSOR_ANNOTATION,
  VALUE_INFO,
} from './field-numbers.ts'
import { type Field, fields, text } from './fields.ts'

/**
 * Takes out of an ONNX model what only other outputs than `outputs` need: their nodes, weights, declarations and
 * annotations. onnxruntime computes every node of a graph, whichever outputs are asked for; so what is not wanted must not
 * be in it.
 *
 * What stays keeps its bytes and its order, fields that are unknown here included; so it computes what it computed before,
 * to the last bit. Inputs stay, apart from those that only name a weight which goes.
 *
 * @param model is overwritten: what stays moves together at its beginning, so that 178 MB are not held twice
 * @param outputs the names of those that are wanted; where the graph lacks one of them, or gives no others, nothing is done
 * @returns the beginning of `model`, or all of it
 * @throws Error where the bytes end early or are no protocol buffer; `model` is then as it was
 */
export function cutGraph(model: Uint8Array, outputs: ReadonlySet<string>): Uint8Array {
  const top = [...fields(model)]
  // A message may come in several pieces, whose fields belong together: all are looked at as one, and cut one by one.
  const pieces = new Map(
    top.filter(({ number }) => number === MODEL.graph).map((piece) => [piece, [...fields(piece.content)]]),
  )
  const graph = [...pieces.values()].flat()
  const given = new Set(graph.filter(({ number }) => number === GRAPH.output).map(({ content }) => nameOf(content)))
  const lacking = [...outputs].some((name) => !given.has(name))
  if (lacking || given.size === outputs.size) return model

  const stays = whatStays(graph, outputs)
  const parts = top.flatMap((field) => {
    const kept = pieces.get(field)?.filter(stays)
    return kept === undefined ? [field.whole] : withHeader(kept.map(({ whole }) => whole))
  })
  return movedTogether(parts, model)
}

function withHeader(graph: readonly Uint8Array[]): Uint8Array[] {
  const bytes = graph.reduce((sum, { length }) => sum + length, 0)
  return [new BinaryWriter().tag(MODEL.graph, WireType.LengthDelimited).uint32(bytes).finish(), ...graph]
}

/** Nothing is written over before it has moved: each part comes to lie where it was or further ahead. */
function movedTogether(parts: readonly Uint8Array[], target: Uint8Array): Uint8Array {
  let at = 0
  for (const part of parts) {
    target.set(part, at)
    at += part.length
  }
  return target.subarray(0, at)
}

/** @returns whether a field of the graph is needed for `outputs` */
function whatStays(graph: readonly Field[], outputs: ReadonlySet<string>): (field: Field) => boolean {
  const nodes = new Map<Field, Connections>()
  const producers = new Map<string, Field>()
  const annotations = new Map<string, string[]>()
  const weights = new Set<string>()
  for (const field of graph) {
    if (field.number === GRAPH.node) {
      const connections = connectionsOf(field.content)
      nodes.set(field, connections)
      for (const name of connections.outputs) producers.set(name, field)
    } else if (field.number === GRAPH.initializer) weights.add(tensorName(field.content))
    else if (field.number === GRAPH.sparseInitializer) weights.add(sparseTensorName(field.content))
    else if (field.number === GRAPH.quantizationAnnotation)
      annotations.set(textIn(field.content, TENSOR_ANNOTATION.tensorName), quantParameters(field.content))
  }

  const needed = new Set<string>()
  const kept = new Set<Field>()
  const open = [...outputs]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue
    needed.add(name)
    open.push(...(annotations.get(name) ?? []))
    const producer = producers.get(name)
    if (producer === undefined || kept.has(producer)) continue
    kept.add(producer)
    open.push(...nodes.get(producer)!.inputs)
  }
  const present = new Set([...needed, ...[...kept].flatMap((node) => nodes.get(node)!.outputs)])

  return (field) => {
    switch (field.number) {
      case GRAPH.node:
        return kept.has(field)
      case GRAPH.initializer:
        return needed.has(tensorName(field.content))
      case GRAPH.sparseInitializer:
        return needed.has(sparseTensorName(field.content))
      case GRAPH.input: {
        // Old models name each weight as an input, too. Without the weight, it would have to be given to every run.
        const name = nameOf(field.content)
        return needed.has(name) || !weights.has(name)
      }
      case GRAPH.output:
        return outputs.has(nameOf(field.content))
      case GRAPH.valueInfo:
        return present.has(nameOf(field.content))
      case GRAPH.quantizationAnnotation:
        return needed.has(textIn(field.content, TENSOR_ANNOTATION.tensorName))
      default:
        return true
    }
  }
}

/** Names of values; an empty one stands for an optional value that is left out. */
interface Connections {
  readonly inputs: string[]
  readonly outputs: string[]
}

/** The inputs include what graphs inside the node (branches, loops) may take from around them. */
function connectionsOf(node: Uint8Array): Connections {
  const inputs: string[] = []
  const outputs: string[] = []
  for (const { number, content } of fields(node)) {
    if (number === NODE.input) inputs.push(text(content))
    else if (number === NODE.output) outputs.push(text(content))
    else if (number === NODE.attribute) {
      for (const { number, content: inner } of fields(content))
        if (number === ATTRIBUTE.g || number === ATTRIBUTE.graphs) inputs.push(...namesIn(inner))
    }
  }
  return { inputs: inputs.filter(Boolean), outputs: outputs.filter(Boolean) }
}

/** All that a graph mentions. Its own values are among them; no value around it may have their names, so they do no harm. */
function* namesIn(graph: Uint8Array): Generator<string> {
  for (const { number, content } of fields(graph)) {
    if (number === GRAPH.node) yield* connectionsOf(content).inputs
    else if (number === GRAPH.output) yield nameOf(content)
  }
}

function nameOf(valueInfo: Uint8Array): string {
  return textIn(valueInfo, VALUE_INFO.name)
}

function tensorName(tensor: Uint8Array): string {
  return textIn(tensor, TENSOR.name)
}

function sparseTensorName(tensor: Uint8Array): string {
  for (const { number, content } of fields(tensor)) if (number === SPARSE_TENSOR.values) return tensorName(content)
  return ''
}

function quantParameters(annotation: Uint8Array): string[] {
  return [...fields(annotation)]
    .filter(({ number }) => number === TENSOR_ANNOTATION.quantParameterTensorNames)
    .map(({ content }) => textIn(content, STRING_STRING_ENTRY.value))
}

function textIn(message: Uint8Array, wanted: number): string {
  for (const { number, content } of fields(message)) if (number === wanted) return text(content)
  return ''
}
