"""Stores a model's large weights as int8, one scale per output channel: about a quarter of the size.

Only the storage changes.  A DequantizeLinear node per weight gives back float32 when the session is created, so the
arithmetic and the speed stay as they were.
"""
import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

SMALLEST = 1000  # weights with fewer values stay as they are


def quantized(weights: np.ndarray, axis: int) -> tuple:
    """int8 values, scales [channels] and zero points [channels] of float32 weights, per channel of `axis`."""
    others = tuple(k for k in range(weights.ndim) if k != axis)
    scales = np.abs(weights).max(others) / 127
    scales[scales == 0] = 1
    scales = scales.astype(np.float32)
    shape = [-1 if k == axis else 1 for k in range(weights.ndim)]
    values = np.round(weights / scales.reshape(shape)).clip(-127, 127).astype(np.int8)
    return values, scales, np.zeros(len(scales), np.int8)


def quantize(source: Path, target: Path) -> None:
    model = onnx.load(str(source))
    graph = model.graph
    users = {name: node.op_type for node in graph.node for name in node.input}
    initializers, dequantizers = [], []
    for tensor in graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or weights.size < SMALLEST or weights.ndim < 2:
            initializers.append(tensor)
            continue
        axis = 1 if users[tensor.name] == 'ConvTranspose' else 0  # where the output channels are
        names = [tensor.name + suffix for suffix in ('_q', '_s', '_z')]
        initializers += [numpy_helper.from_array(values, name)
                         for values, name in zip(quantized(weights, axis), names)]
        dequantizers.append(helper.make_node('DequantizeLinear', names, [tensor.name], axis=axis))
    nodes = dequantizers + list(graph.node)
    for node in nodes:
        node.doc_string = ''
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(initializers)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))
    print(f'{target}: {target.stat().st_size} bytes')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', type=Path)
    parser.add_argument('target', type=Path)
    options = parser.parse_args()
    quantize(options.source, options.target)


if __name__ == '__main__':
    main()
