"""Compares an exported model in onnxruntime-node with torchvision's own inference from the same weights.

Fails if a picture has other detections, or if a box, score or mask differs by more than rounding.  For the float32
model; float16 weights differ more.
"""
import argparse
from pathlib import Path

import numpy as np
import torch

from evaluate import detect
from network import TinyMaskRCNN, normalise
from scenes import Scene, random_scene

SIZES = [(256, 256), (320, 320), (192, 288), (256, 320), (416, 608)]  # height, width
LARGEST_DIFFERENCE = {'boxes': 2e-3, 'scores': 1e-4, 'masks': 1e-3}  # px, probability, probability


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path)
    parser.add_argument('model', type=Path, help='float32 model made from the weights')
    options = parser.parse_args()

    network = TinyMaskRCNN()
    network.load_state_dict(torch.load(options.weights))
    network.eval()
    rng = np.random.default_rng(77)
    scenes = [random_scene(rng, height, width) for height, width in SIZES]
    scenes.append(Scene(np.full((256, 256, 3), 127, np.uint8), None, None, None))
    worst = dict.fromkeys(LARGEST_DIFFERENCE, 0.)
    for scene, answer in zip(scenes, detect(options.model, scenes, threads=2)):
        with torch.no_grad():
            expected = network(normalise(torch.from_numpy(scene.image))[None])[0]
        if expected['labels'].tolist() != answer['labels'].tolist():
            raise SystemExit(f'other detections in the picture of {scene.image.shape}')
        for name in worst:
            difference = np.abs(expected[name].numpy() - answer[name])
            worst[name] = max(worst[name], float(difference.max(initial=0)))
    print('largest differences:', ', '.join(f'{name} {value:.1e}' for name, value in worst.items()))
    if any(worst[name] > limit for name, limit in LARGEST_DIFFERENCE.items()):
        raise SystemExit('the exported model computes something else')


if __name__ == '__main__':
    main()
