/** Numbers of the fields of onnx.proto (ONNX IR 13) that are looked at here, by message. */

export const MODEL = { graph: 7, trainingInfo: 20, functions: 25 } as const

export const TRAINING_INFO = { initialization: 1, algorithm: 2 } as const

export const FUNCTION = { node: 7, attributeProto: 11 } as const

export const GRAPH = {
  node: 1,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  quantizationAnnotation: 14,
  sparseInitializer: 15,
} as const

export const NODE = { input: 1, output: 2, attribute: 5 } as const

export const ATTRIBUTE = { t: 5, g: 6, tensors: 10, graphs: 11, sparseTensor: 22, sparseTensors: 23 } as const

export const TENSOR = { name: 8, externalData: 13, dataLocation: 14 } as const

export const SPARSE_TENSOR = { values: 1, indices: 2 } as const

export const VALUE_INFO = { name: 1 } as const

export const TENSOR_ANNOTATION = { tensorName: 1, quantParameterTensorNames: 2 } as const

/** A pair of texts. */
export const STRING_STRING_ENTRY = { value: 2 } as const
