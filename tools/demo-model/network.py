"""A small Mask R-CNN of torchvision's parts, 1.07 million parameters.

Backbone of residual blocks, feature pyramid at strides 8, 16 and 32, region proposals, box head of two layers, mask
head.  The names of the modules are the keys of the weights file.
"""
from collections import OrderedDict
from typing import Dict, List, Optional

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.mask_rcnn import MaskRCNNPredictor
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead
from torchvision.ops import FeaturePyramidNetwork, MultiScaleRoIAlign

MEAN_BGR = (102.9801, 115.9465, 122.7717)  # of 0..255, as the ONNX model zoo's MaskRCNN-12

STRIDES = (8, 16, 32)  # of the pyramid's levels
PYRAMID_CHANNELS = 48
ANCHOR_SIDES = (44, 84, 160)  # px, one per level
ANCHOR_RATIOS = (.6, 1., 1.67)  # height over width
# A region of this side in px goes to level 4 (stride 16).  torchvision's default, 224, would send every object of a
# 256 px picture to the finest level.
CANONICAL_SIDE, CANONICAL_LEVEL = 96, 4
PROPOSALS_PER_LEVEL, PROPOSALS = 150, 60
SCORE_THRESHOLD, NMS_THRESHOLD, MOST_DETECTIONS = .05, .5, 100
CLASSES = 81  # with the background


def normalise(image: torch.Tensor) -> torch.Tensor:
    """uint8 RGB [.., h, w, 3] -> float32 BGR minus the mean [.., 3, h, w]."""
    shifted = image.flip(-1).float() - torch.tensor(MEAN_BGR)
    return shifted.movedim(-1, -3).contiguous()


def conv_norm_relu(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True))


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.a = conv_norm_relu(inputs, outputs, stride)
        self.b = nn.Sequential(nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.p = None
        if stride != 1 or inputs != outputs:
            self.p = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.b(self.a(x)) + (x if self.p is None else self.p(x)))


class Body(nn.Module):
    """[B, 3, h, w] -> features of 48, 80 and 96 channels at strides 8, 16 and 32, keyed '0', '1', '2'."""
    CHANNELS = (24, 48, 80, 96)

    def __init__(self):
        super().__init__()
        stem, c3, c4, c5 = self.CHANNELS
        self.stem = nn.Sequential(conv_norm_relu(3, 16, 2), conv_norm_relu(16, stem, 2))
        self.s3 = nn.Sequential(ResidualBlock(stem, c3, 2), ResidualBlock(c3, c3, 1))
        self.s4 = nn.Sequential(ResidualBlock(c3, c4, 2), ResidualBlock(c4, c4, 1))
        self.s5 = nn.Sequential(ResidualBlock(c4, c5, 2))

    def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:
        third = self.s3(self.stem(x))
        fourth = self.s4(third)
        return OrderedDict([('0', third), ('1', fourth), ('2', self.s5(fourth))])


class Backbone(nn.Module):
    """The body and the feature pyramid on it: three levels of PYRAMID_CHANNELS."""
    out_channels = PYRAMID_CHANNELS

    def __init__(self):
        super().__init__()
        self.body = Body()
        self.fpn = FeaturePyramidNetwork(Body.CHANNELS[1:], PYRAMID_CHANNELS, norm_layer=nn.BatchNorm2d)

    def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:
        return OrderedDict((level, F.relu(features)) for level, features in self.fpn(self.body(x)).items())


class BoxHead(nn.Module):
    """Pooled regions [n, PYRAMID_CHANNELS, 7, 7] -> [n, hidden]."""

    def __init__(self, hidden: int):
        super().__init__()
        self.fc1, self.bn1 = nn.Linear(PYRAMID_CHANNELS * 49, hidden), nn.BatchNorm1d(hidden)
        self.fc2, self.bn2 = nn.Linear(hidden, hidden), nn.BatchNorm1d(hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.bn1(self.fc1(x.flatten(1))))
        return F.relu(self.bn2(self.fc2(x)))


def _region_pooling(side: int) -> MultiScaleRoIAlign:
    return MultiScaleRoIAlign(['0', '1', '2'], side, 2, canonical_scale=CANONICAL_SIDE,
                              canonical_level=CANONICAL_LEVEL)


class TinyMaskRCNN(nn.Module):
    def __init__(self, hidden: int = 160):
        super().__init__()
        self.backbone = Backbone()
        anchors = AnchorGenerator(tuple((side,) for side in ANCHOR_SIDES), (ANCHOR_RATIOS,) * len(ANCHOR_SIDES))
        self.rpn = RegionProposalNetwork(
            anchors, RPNHead(PYRAMID_CHANNELS, len(ANCHOR_RATIOS)),
            fg_iou_thresh=.65, bg_iou_thresh=.3, batch_size_per_image=128, positive_fraction=.5,
            pre_nms_top_n={'training': 300, 'testing': PROPOSALS_PER_LEVEL},
            post_nms_top_n={'training': 160, 'testing': PROPOSALS}, nms_thresh=.7)
        self.roi_heads = RoIHeads(
            _region_pooling(7), BoxHead(hidden), FastRCNNPredictor(hidden, CLASSES),
            fg_iou_thresh=.5, bg_iou_thresh=.5, batch_size_per_image=64, positive_fraction=.3,
            bbox_reg_weights=None, score_thresh=SCORE_THRESHOLD, nms_thresh=NMS_THRESHOLD,
            detections_per_img=MOST_DETECTIONS,
            mask_roi_pool=_region_pooling(14),
            mask_head=nn.Sequential(*[conv_norm_relu(PYRAMID_CHANNELS, PYRAMID_CHANNELS) for _ in range(2)]),
            mask_predictor=MaskRCNNPredictor(PYRAMID_CHANNELS, PYRAMID_CHANNELS, CLASSES))

    def forward(self, images: torch.Tensor, targets: Optional[List[dict]] = None):
        """Normalised images [B, 3, h, w].  Training: a dict of losses; else a dict of detections per image."""
        features = self.backbone(images)
        listed = ImageList(images, [tuple(images.shape[-2:])] * len(images))
        proposals, proposal_losses = self.rpn(listed, features, targets)
        detections, head_losses = self.roi_heads(features, proposals, listed.image_sizes, targets)
        return {**proposal_losses, **head_losses} if self.training else detections


class CropClassifier(nn.Module):
    """The body with a classifier on each of its levels, for pre-training: logits at strides 32, 16 and 8."""

    def __init__(self, body: Body, classes: int):
        super().__init__()
        self.body = body
        self.heads = nn.ModuleList(nn.Linear(channels, classes) for channels in reversed(Body.CHANNELS[1:]))

    def forward(self, x: torch.Tensor) -> List[torch.Tensor]:
        levels = reversed(list(self.body(x).values()))
        return [head(features.mean((2, 3))) for head, features in zip(self.heads, levels)]
