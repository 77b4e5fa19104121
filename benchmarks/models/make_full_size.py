"""Writes a Mask R-CNN R-50-FPN of full size, with random weights, as ONNX: for measuring speed, and for nothing else.

    /usr/bin/python3 benchmarks/models/make_full_size.py [--contract zoo] [--detections 20] [--seed 1] [--target FILE]

Debian's packages are in `requirements`, beside this file; no network is needed.  It takes a minute or two.  The file
(178 MB, by default `work/full-size-zoo.onnx` beside this script, which git ignores) has one of two contracts:

zoo          that of the ONNX Model Zoo's Mask R-CNN: `image` float32 [3, H, W], BGR, 0..255 minus the means, padded to
             multiples of 32; boxes `6568`, labels `6570`, scores `6572`, masks `6887` [n, 1, 28, 28]
torchvision  that of torchvision's own export: `images_tensors` float32 [3, H, W], RGB, 0..1; `boxes`, `labels`,
             `scores`, and `masks` [n, 1, H, W], pasted into the picture

What it finds means nothing, but it works as hard for it as a trained one does: 1000 proposals go to the box head, and
a fixed number of detections to the mask head.  Two things see to that, which random weights do not by themselves:

* The last scale of each residual block is small, or values double from block to block until float32 ends.
* The background's bias is such that a few hundred of the 80,000 candidates pass the score threshold, as with a trained
  network, whatever the picture; the best `--detections` of them come out.
"""
import argparse
import warnings
from pathlib import Path
from typing import Callable

import onnx
import torch
from torch import nn
from torchvision.models.detection import MaskRCNN, maskrcnn_resnet50_fpn
from torchvision.models.detection.image_list import ImageList
from torchvision.models.resnet import Bottleneck

OPSET = 12  # the zoo's; 16 writes RoiAlign wrongly with torchvision 0.14
SCORE_THRESHOLD = .05
CANDIDATES = 300  # of 80,000, that pass the threshold
RESIDUAL_SCALE = .2
CLASS_SCORE_DEVIATION = 2.  # of a class's score before the softmax, from proposal to proposal
SIZE = 800, 1088  # a photo of 3 : 4, scaled and padded
ZOO_OUTPUTS = {'boxes': '6568', 'labels': '6570', 'scores': '6572', 'masks': '6887'}
ZOO_CLASSES, TORCHVISION_CLASSES = 81, 91


class ZooShaped(nn.Module):
    """image [3, h, w] -> boxes [n, 4], labels [n], scores [n], masks [n, 1, 28, 28]: no resizing, no pasting."""

    def __init__(self, network: MaskRCNN):
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor):
        batch = image[None]
        features = self.network.backbone(batch)
        images = ImageList(batch, [(image.shape[1], image.shape[2])])
        proposals, _ = self.network.rpn(images, features)
        [found], _ = self.network.roi_heads(features, proposals, images.image_sizes)
        return found['boxes'], found['labels'], found['scores'], found['masks']


def random_network(classes: int, detections: int) -> MaskRCNN:
    network = maskrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=classes,
                                    box_score_thresh=SCORE_THRESHOLD, box_detections_per_img=detections).eval()
    for module in network.modules():
        if isinstance(module, Bottleneck):
            module.bn3.weight.fill_(RESIDUAL_SCALE)
    return network


def sample_image() -> torch.Tensor:
    """Coarse and fine noise, with the range of a picture whose means are subtracted."""
    coarse = nn.functional.interpolate(torch.randn(1, 3, 25, 34), SIZE, mode='bilinear', align_corners=False)[0]
    return (60 * coarse + 20 * torch.randn(3, *SIZE)).clamp(-120, 150)


def calibrate(network: MaskRCNN, detect: Callable[[], object]) -> None:
    """Gives classes scores that differ from proposal to proposal, and the background one that few classes exceed."""
    logits = []
    predictor = network.roi_heads.box_predictor.cls_score
    hook = predictor.register_forward_hook(lambda _module, _inputs, output: logits.append(output))
    detect()
    predictor.weight.mul_(CLASS_SCORE_DEVIATION / logits.pop()[:, 1:].std())
    detect()
    hook.remove()
    [scores] = logits
    lowest, highest = 0., 100.
    for _ in range(40):
        bias = (lowest + highest) / 2
        biased = torch.cat([scores[:, :1] + bias, scores[:, 1:]], 1)
        passing = int((biased.softmax(1)[:, 1:] > SCORE_THRESHOLD).sum())
        lowest, highest = (bias, highest) if passing > CANDIDATES else (lowest, bias)
    predictor.bias[0] += bias


def export(target: Path, contract: str, detections: int) -> None:
    zoo = contract == 'zoo'
    network = random_network(ZOO_CLASSES if zoo else TORCHVISION_CLASSES, detections)
    model = ZooShaped(network).eval() if zoo else network
    image = sample_image() if zoo else [(sample_image() + 120) / 270]
    calibrate(network, lambda: model(image))
    found = model(image)
    boxes, labels, scores, masks = found if zoo else found[0].values()
    if len(scores) == 0:
        raise SystemExit('Nothing is detected in the traced picture; a trace without detections is wrong.')
    # Sizes in assertions and loops, which are constant here.
    warnings.filterwarnings('ignore', category=torch.jit.TracerWarning)
    warnings.filterwarnings('ignore', category=UserWarning)
    target.parent.mkdir(parents=True, exist_ok=True)
    name = 'image' if zoo else 'images_tensors'
    torch.onnx.export(
        model, (image,), str(target), opset_version=OPSET, input_names=[name], output_names=list(ZOO_OUTPUTS),
        dynamic_axes={name: {1: 'height', 2: 'width'}, 'boxes': {0: 'n'}, 'labels': {0: 'n'}, 'scores': {0: 'n'},
                      'masks': {0: 'n'} if zoo else {0: 'n', 2: 'height', 3: 'width'}})
    if zoo:
        rename_outputs(target)
    print(f'{target}: {target.stat().st_size} bytes, traced with {len(scores)} detections of '
          f'{len(labels.unique())} classes, scores {scores.min():.2f} to {scores.max():.2f}, masks {list(masks.shape)}')


def rename_outputs(target: Path) -> None:
    """The zoo's names are numbers, which PyTorch does not accept for a name."""
    model = onnx.load(str(target))
    taken = {name for node in model.graph.node for name in (*node.input, *node.output)}
    assert not taken & set(ZOO_OUTPUTS.values()), 'PyTorch gave one of the names to another value.'
    for node in model.graph.node:
        # Graphs inside a node do not read these values, so that nodes at the top are all there is to rename in.
        for names in (node.input, node.output):
            names[:] = [ZOO_OUTPUTS.get(name, name) for name in names]
    for output in model.graph.output:
        output.name = ZOO_OUTPUTS[output.name]
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--contract', choices=('zoo', 'torchvision'), default='zoo')
    parser.add_argument('--detections', type=int, default=20)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--target', type=Path)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    with torch.no_grad():
        target = Path(__file__).parent / f'work/full-size-{options.contract}.onnx'
        export(options.target or target, options.contract, options.detections)


if __name__ == '__main__':
    main()
