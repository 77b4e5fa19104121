"""Trains the detector on random emoji scenes, on the processor, for so many steps.

Scenes and learning rate follow the steps and the seed, so that a slow machine takes longer and learns as much.  Without
--init, the backbone is first trained as a classifier of single emoji.
"""
import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

from emoji import GLYPHS
from network import CropClassifier, TinyMaskRCNN, normalise
from scenes import CROP_CLASSES, random_crop, random_scene

CROPS_PER_STEP = 96
CROP_HEAD_WEIGHTS = (1, .3, .2)  # of the losses at strides 32, 16 and 8
SCENE_SIZES = [(192, 256), (224, 224), (224, 256), (256, 256), (256, 224), (256, 192), (288, 256)]  # height, width
WARM_UP = .04  # share of the steps
SAVE_EVERY, REPORT_EVERY = 200, 50  # steps


class Crops(IterableDataset):
    """Endless batches of crops: uint8 [CROPS_PER_STEP, 64, 64, 3] and classes int64 [CROPS_PER_STEP]."""

    def __init__(self, seed: int):
        self.seed = seed

    def __iter__(self):
        rng = np.random.default_rng([self.seed, 7])
        while True:
            crops, classes = zip(*[random_crop(rng) for _ in range(CROPS_PER_STEP)])
            yield torch.from_numpy(np.stack(crops)), torch.tensor(classes)


class Scenes(IterableDataset):
    """Endless batches of scenes of one size: uint8 [batch, h, w, 3] and torchvision's targets."""

    def __init__(self, seed: int, batch: int, class_weights: np.ndarray):
        self.seed, self.batch, self.class_weights = seed, batch, class_weights

    def __iter__(self):
        torch.set_num_threads(1)  # the worker's; the trainer needs the cores
        rng = np.random.default_rng([self.seed, 8])
        while True:
            height, width = SCENE_SIZES[int(rng.integers(len(SCENE_SIZES)))]
            scenes = [random_scene(rng, height, width, class_weights=self.class_weights) for _ in range(self.batch)]
            targets = [{'boxes': torch.from_numpy(scene.boxes), 'labels': torch.from_numpy(scene.labels),
                        'masks': torch.from_numpy(scene.masks)} for scene in scenes]
            yield torch.from_numpy(np.stack([scene.image for scene in scenes])), targets


def class_weights(power: float) -> np.ndarray:
    """Chances of the classes: the number of a class's glyphs to this power.  Many unlike glyphs are learnt slowly."""
    weights = np.array([len(glyphs) for glyphs in GLYPHS.values()], float) ** power
    return weights / weights.sum()


class Schedule:
    """AdamW whose learning rate warms up and then falls along a cosine, over so many steps."""

    def __init__(self, model: nn.Module, rate: float, steps: int):
        matrices = [p for p in model.parameters() if p.ndim > 1]
        vectors = [p for p in model.parameters() if p.ndim <= 1]
        groups = [{'params': matrices, 'weight_decay': .02}, {'params': vectors, 'weight_decay': 0}]
        self.optimizer = torch.optim.AdamW(groups, rate)
        self.rate, self.planned, self.steps, self.start = rate, steps, 0, time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self.start

    def is_over(self) -> bool:
        return self.steps >= self.planned

    def step(self, loss: torch.Tensor, clip: nn.Module = None) -> None:
        done = self.steps / self.planned
        factor = done / WARM_UP if done < WARM_UP else .5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))
        for group in self.optimizer.param_groups:
            group['lr'] = self.rate * factor + 1e-6
        self.optimizer.zero_grad()
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(clip.parameters(), 5.)
        self.optimizer.step()
        self.steps += 1


def pretrain(network: TinyMaskRCNN, steps: int, rate: float, seed: int) -> None:
    """Trains the backbone's body as a classifier of crops."""
    classifier = CropClassifier(network.backbone.body, CROP_CLASSES)
    schedule, accuracy = Schedule(classifier, rate, steps), 0.
    for crops, classes in DataLoader(Crops(seed), batch_size=None, num_workers=1, prefetch_factor=6):
        if schedule.is_over():
            break
        logits = classifier(normalise(crops))
        loss = sum(weight * F.cross_entropy(level, classes) for weight, level in zip(CROP_HEAD_WEIGHTS, logits))
        schedule.step(loss)
        accuracy = .97 * accuracy + .03 * (logits[0].argmax(1) == classes).float().mean().item()
        if schedule.steps % REPORT_EVERY == 0:
            print(f'classifier step {schedule.steps}, {schedule.elapsed():.0f} s: loss {loss.item():.3f}, '
                  f'accuracy about {accuracy:.3f}', flush=True)
    print(f'classifier done after {schedule.steps} steps, {schedule.elapsed():.0f} s')


def train_detector(network: TinyMaskRCNN, options: argparse.Namespace) -> None:
    network.train()
    schedule, means = Schedule(network, options.rate, options.steps), {}
    scenes = Scenes(options.seed, options.batch, class_weights(options.glyph_power))
    for images, targets in DataLoader(scenes, batch_size=None, num_workers=1, prefetch_factor=4):
        if schedule.is_over():
            break
        losses = network(normalise(images), targets)
        loss = sum(losses.values()) + (options.class_loss - 1) * losses['loss_classifier']
        if not torch.isfinite(loss):
            print(f'step {schedule.steps}: the loss is not finite, batch left out', flush=True)
            continue
        schedule.step(loss, clip=network)
        for name, value in losses.items():
            means[name] = .97 * means.get(name, value.item()) + .03 * value.item()
        if schedule.steps % REPORT_EVERY == 0:
            report = ', '.join(f'{name} {value:.3f}' for name, value in means.items())
            print(f'detector step {schedule.steps}, {schedule.elapsed():.0f} s: {report}', flush=True)
        if schedule.steps % SAVE_EVERY == 0:
            torch.save(network.state_dict(), options.out)
    torch.save(network.state_dict(), options.out)
    print(f'detector done after {schedule.steps} steps, {schedule.steps / schedule.elapsed():.2f} steps/s')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument('--out', type=Path, required=True, help='weights file to write')
    parser.add_argument('--init', type=Path, help='weights file to go on from, instead of the classifier')
    parser.add_argument('--classifier-steps', type=int, default=1500)
    parser.add_argument('--classifier-rate', type=float, default=4e-3)
    parser.add_argument('--steps', type=int, default=3276, help='of the detector')
    parser.add_argument('--rate', type=float, default=2e-3, help='learning rate of the detector')
    parser.add_argument('--batch', type=int, default=8)
    parser.add_argument('--glyph-power', type=float, default=0, help='0: every class is drawn as often')
    parser.add_argument('--class-loss', type=float, default=1, help="weight of the class loss")
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=int, default=2)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    network = TinyMaskRCNN()
    if options.init:
        network.load_state_dict(torch.load(options.init))
    else:
        pretrain(network, options.classifier_steps, options.classifier_rate, options.seed)
    train_detector(network, options)


if __name__ == '__main__':
    main()
