import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, SPARSE_TENSOR, TENSOR, TRAINING_INFO } from './field-numbers.ts'
import { fields } from './fields.ts'

/**
 * Whether an ONNX file wants parts of itself read from other files. onnxruntime resolves such names against the working
 * folder even when the model is given as bytes (tried with 1.30), so a foreign model could read files it has no business
 * with. The walk jumps over everything that holds no tensors.
 *
 * @throws Error where the bytes end early or are no protocol buffer
 */
export function usesExternalData(model: Uint8Array): boolean {
  return visit(model, IN_MODEL)
}

/** Per message: which fields hold messages that have to be looked into. */
type Message = { readonly [field: number]: Message | 'entries' | 'location' }

// The messages refer to each other in a circle (a graph's node's attribute can be a graph), hence filled in afterwards.
const IN_TENSOR: Message = { [TENSOR.externalData]: 'entries', [TENSOR.dataLocation]: 'location' }
const IN_SPARSE_TENSOR: Message = { [SPARSE_TENSOR.values]: IN_TENSOR, [SPARSE_TENSOR.indices]: IN_TENSOR }
const IN_ATTRIBUTE: { [field: number]: Message } = {
  [ATTRIBUTE.t]: IN_TENSOR,
  [ATTRIBUTE.tensors]: IN_TENSOR,
  [ATTRIBUTE.sparseTensor]: IN_SPARSE_TENSOR,
  [ATTRIBUTE.sparseTensors]: IN_SPARSE_TENSOR,
}
const IN_NODE: Message = { [NODE.attribute]: IN_ATTRIBUTE }
const IN_GRAPH: Message = {
  [GRAPH.node]: IN_NODE,
  [GRAPH.initializer]: IN_TENSOR,
  [GRAPH.sparseInitializer]: IN_SPARSE_TENSOR,
}
IN_ATTRIBUTE[ATTRIBUTE.g] = IN_GRAPH
IN_ATTRIBUTE[ATTRIBUTE.graphs] = IN_GRAPH
const IN_FUNCTION: Message = { [FUNCTION.node]: IN_NODE, [FUNCTION.attributeProto]: IN_ATTRIBUTE }
const IN_TRAINING: Message = { [TRAINING_INFO.initialization]: IN_GRAPH, [TRAINING_INFO.algorithm]: IN_GRAPH }
const IN_MODEL: Message = {
  [MODEL.graph]: IN_GRAPH,
  [MODEL.trainingInfo]: IN_TRAINING,
  [MODEL.functions]: IN_FUNCTION,
}

function visit(bytes: Uint8Array, message: Message): boolean {
  for (const { number, content } of fields(bytes)) {
    const inside = message[number]
    if (inside === undefined) continue
    if (inside === 'entries') return true
    if (inside === 'location') {
      // DEFAULT is 0, EXTERNAL is 1.
      if (content.some((byte) => (byte & 0x7f) !== 0)) return true
    } else if (visit(content, inside)) return true
  }
  return false
}
