"""Writes the detector as ONNX: inference for one picture, spelt out so that no node branches or loops.

torchvision's own inference exports as well, but with twice the nodes and eight If nodes.  Input and outputs are
described in MODEL-CARD.md.  Two pitfalls:

* Opset 16 with torchvision 0.14 is silently wrong: RoiAlign is written without coordinate_transformation_mode, whose
  default changes with opset 16.  13 is right.
* Trace with a picture on which the model detects something.  A trace of torchvision's inference made without any
  detection gave wrong results.
"""
import argparse
import warnings
from pathlib import Path
from typing import List, Tuple

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.detection import _utils as detection_utils
from torchvision.ops import nms, roi_align

from network import (CANONICAL_LEVEL, CANONICAL_SIDE, MOST_DETECTIONS, PROPOSALS, PROPOSALS_PER_LEVEL, SCORE_THRESHOLD,
                     STRIDES, TinyMaskRCNN, normalise)
from scenes import random_scene

OPSET = 13
LARGEST_LOG_SCALE = 4.135  # boxes grow at most by e to this power, as in torchvision
BOX_WEIGHTS = (10., 5.)  # of the box head's deltas: position, size; those of the proposals have weight 1
FIRST_LEVEL = 3  # stride 2 ** 3


def folded(layer: nn.Linear, norm: nn.BatchNorm1d) -> nn.Linear:
    """The linear layer that does what `layer` and then `norm` do."""
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
    result = nn.Linear(layer.in_features, layer.out_features)
    result.weight.data = layer.weight.data * scale[:, None]
    result.bias.data = (layer.bias.data - norm.running_mean) * scale + norm.bias.data
    return result


def decoded(boxes: torch.Tensor, deltas: torch.Tensor, position: float, size: float) -> torch.Tensor:
    """Moves and scales boxes [n, 4] (corners) by deltas [n, 4]."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    x = deltas[:, 0] / position * width + boxes[:, 0] + .5 * width
    y = deltas[:, 1] / position * height + boxes[:, 1] + .5 * height
    width = torch.exp((deltas[:, 2] / size).clamp(max=LARGEST_LOG_SCALE)) * width
    height = torch.exp((deltas[:, 3] / size).clamp(max=LARGEST_LOG_SCALE)) * height
    return torch.stack([x - .5 * width, y - .5 * height, x + .5 * width, y + .5 * height], 1)


class PlainDetector(nn.Module):
    """image [3, h, w] -> boxes [n, 4], labels [n], scores [n], masks [n, 1, 28, 28]."""

    def __init__(self, network: TinyMaskRCNN):
        super().__init__()
        self.network = network
        head = network.roi_heads.box_head
        self.fc1, self.fc2 = folded(head.fc1, head.bn1), folded(head.fc2, head.bn2)
        for level, anchors in enumerate(network.rpn.anchor_generator.cell_anchors):
            self.register_buffer(f'anchors{level}', anchors.detach().clone())

    def forward(self, image: torch.Tensor):
        shape = torch._shape_as_tensor(image).float()
        limits = torch.stack([shape[2], shape[1], shape[2], shape[1]])
        features = list(self.network.backbone(image[None]).values())
        proposals = self._proposals(features, limits)
        boxes, labels, scores = self._classified(features, proposals, limits)
        return boxes, labels, scores, self._masks(features, boxes, labels)

    def _proposals(self, features: List[torch.Tensor], limits: torch.Tensor) -> torch.Tensor:
        """The PROPOSALS best boxes [p, 4] where there may be an object."""
        boxes, scores = [], []
        for level, (objectness, deltas) in enumerate(zip(*self.network.rpn.head(features))):
            anchors = self._anchors(level, objectness.shape[-2], objectness.shape[-1])
            objectness = objectness.permute(0, 2, 3, 1).reshape(-1)
            height, width = deltas.shape[-2:]
            deltas = deltas.view(-1, 4, height, width).permute(2, 3, 0, 1).reshape(-1, 4)
            number = detection_utils._topk_min(objectness, PROPOSALS_PER_LEVEL, 0)  # traces as a dynamic minimum
            best, index = objectness.topk(number)
            boxes.append(_clipped(decoded(anchors[index], deltas[index], 1., 1.), limits))
            scores.append(best)
        levels = torch.cat([torch.full_like(best, float(level)) for level, best in enumerate(scores)])
        boxes, scores = torch.cat(boxes), torch.cat(scores)
        return boxes[_nms_by_group(boxes, scores, levels, limits, self.network.rpn.nms_thresh)[:PROPOSALS]]

    def _anchors(self, level: int, height: int, width: int) -> torch.Tensor:
        base = getattr(self, f'anchors{level}')
        y = (torch.arange(height) * STRIDES[level]).float().view(-1, 1).expand(height, width)
        x = (torch.arange(width) * STRIDES[level]).float().view(1, -1).expand(height, width)
        shifts = torch.stack([x, y, x, y], -1).view(-1, 1, 4)
        return (shifts + base.view(1, -1, 4)).view(-1, 4)

    def _classified(self, features, proposals, limits) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The detections: boxes [n, 4], labels int64 [n], scores [n], best first."""
        heads = self.network.roi_heads
        pooled = self._pooled(features, proposals, 7).flatten(1)
        logits, deltas = heads.box_predictor(F.relu(self.fc2(F.relu(self.fc1(pooled)))))
        classes = logits.shape[1]
        scores = logits.softmax(1)[:, 1:].reshape(-1)
        index = torch.nonzero(scores > SCORE_THRESHOLD)[:, 0]
        region = torch.div(index, classes - 1, rounding_mode='floor')
        labels = index - region * (classes - 1) + 1
        deltas = deltas.view(-1, 4)[region * classes + labels]
        boxes = _clipped(decoded(proposals[region], deltas, *BOX_WEIGHTS), limits)
        scores = scores[index]
        keep = _nms_by_group(boxes, scores, labels.float(), limits, heads.nms_thresh)[:MOST_DETECTIONS]
        return boxes[keep], labels[keep], scores[keep]

    def _masks(self, features, boxes, labels) -> torch.Tensor:
        heads = self.network.roi_heads
        logits = heads.mask_predictor(heads.mask_head(self._pooled(features, boxes, 14)))
        return torch.gather(logits, 1, labels.view(-1, 1, 1, 1).expand(-1, 1, 28, 28)).sigmoid()

    def _pooled(self, features: List[torch.Tensor], boxes: torch.Tensor, side: int) -> torch.Tensor:
        """Each box pooled to side x side from the level that suits its size; all levels are pooled, one is taken."""
        regions = torch.cat([torch.zeros_like(boxes[:, :1]), boxes], 1)
        box_side = torch.sqrt((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
        level = torch.floor(CANONICAL_LEVEL + torch.log2(box_side / CANONICAL_SIDE) + 1e-6)
        level = level.clamp(FIRST_LEVEL, FIRST_LEVEL + 2).view(-1, 1, 1, 1)
        fine, middle, coarse = [roi_align(f, regions, side, 1 / stride, 2) for f, stride in zip(features, STRIDES)]
        return torch.where(level < FIRST_LEVEL + .5, fine, torch.where(level < FIRST_LEVEL + 1.5, middle, coarse))


def _clipped(boxes: torch.Tensor, limits: torch.Tensor) -> torch.Tensor:
    return torch.minimum(boxes.clamp(min=0), limits)


def _nms_by_group(boxes, scores, groups, limits, threshold) -> torch.Tensor:
    """Non-maximum suppression within each group, by moving the groups apart."""
    return nms(boxes + groups[:, None] * (limits.max() + 1), scores, threshold)


def load_detector(weights: Path) -> PlainDetector:
    network = TinyMaskRCNN()
    network.load_state_dict(torch.load(weights))
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 3, 256, 320))  # makes the anchors' buffers
    return PlainDetector(network).eval()


def export(weights: Path, target: Path) -> None:
    torch.set_num_threads(1)
    scene = random_scene(np.random.default_rng(5), 256, 320)
    image = normalise(torch.from_numpy(scene.image))
    detector = load_detector(weights)
    # Both are about values that are constant here: sizes in assertions, and constants without a recorded shape.
    warnings.filterwarnings('ignore', category=torch.jit.TracerWarning)
    warnings.filterwarnings('ignore', message='The shape inference of prim::Constant')
    with torch.no_grad():
        detections = len(detector(image)[0])
        if not detections:
            raise SystemExit('The model detects nothing on the traced scene; train it longer.')
        torch.onnx.export(
            detector, (image,), str(target), opset_version=OPSET,
            input_names=['image'], output_names=['boxes', 'labels', 'scores', 'masks'],
            dynamic_axes={'image': {1: 'height', 2: 'width'}, 'boxes': {0: 'n'}, 'labels': {0: 'n'},
                          'scores': {0: 'n'}, 'masks': {0: 'n'}})
    model = onnx.load(str(target))
    onnx.checker.check_model(model)
    print(f'{target}: {target.stat().st_size} bytes, {len(model.graph.node)} nodes, '
          f'traced with {detections} detections')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path)
    parser.add_argument('target', type=Path)
    options = parser.parse_args()
    export(options.weights, options.target)


if __name__ == '__main__':
    main()
