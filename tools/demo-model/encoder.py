"""Cuts an image encoder out of the detector: its backbone up to the features at stride 16, with the weights that it has there.

image [1, 3, height, width] -> features [1, 80, height / 16, width / 16]; the mean over all places is the embedding. It has
learned nothing but to find emoji; that scenes of one theme come out alike is a by-product, which MODEL-CARD.md has figures for.
"""
import argparse
from pathlib import Path

import onnx
from onnx import TensorProto, helper
from onnx.utils import Extractor

# As torch.onnx.export names what network.py computes: the image with its batch dimension, and what `Body.s4` gives.
IMAGE, FEATURES = '/Unsqueeze_4_output_0', '/backbone/body/s4/s4.1/Relu_output_0'
CHANNELS = 80


def encoder(detector: onnx.ModelProto) -> onnx.ModelProto:
    made = {name for node in detector.graph.node for name in node.output}
    missing = {IMAGE, FEATURES} - made
    if missing:
        raise SystemExit(f'the detector has no {", ".join(sorted(missing))}: its export names values differently now')
    graph = Extractor(detector).extract_model([IMAGE], [FEATURES]).graph
    names = {IMAGE: 'image', FEATURES: 'features'}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    result = helper.make_graph(
        graph.node, 'encoder',
        [helper.make_tensor_value_info('image', TensorProto.FLOAT, [1, 3, 'height', 'width'])],
        [helper.make_tensor_value_info('features', TensorProto.FLOAT, [1, CHANNELS, 'rows', 'columns'])],
        graph.initializer)
    model = helper.make_model(result, opset_imports=detector.opset_import)
    model.ir_version = detector.ir_version
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('detector', type=Path)
    parser.add_argument('target', type=Path)
    options = parser.parse_args()
    onnx.save(encoder(onnx.load(str(options.detector))), str(options.target))
    print(f'{options.target}: {options.target.stat().st_size} bytes')


if __name__ == '__main__':
    main()
