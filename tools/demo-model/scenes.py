"""Random training scenes: emoji on random backgrounds, with boxes, labels and masks."""
import math
from typing import NamedTuple, Optional, Tuple

import numpy as np
from PIL import Image, ImageFilter

from background import random_background
from emoji import USED_LABELS, class_sprites, distractor_sprites

CROP_CLASSES = len(USED_LABELS) + 1  # of `random_crop`; the last one is "no object"


class Difficulty(NamedTuple):
    """What a random scene may look like."""
    most_objects: int
    distractor_share: float  # of the scenes with one unlabelled emoji
    smallest: float  # px, longer side of an object
    visible: float  # least share of an object that later ones leave to be seen
    outside: float  # largest share of an object's side that may lie outside the picture


HARD = Difficulty(6, .25, 38, .55, .15)  # the training distribution
CLEAR = Difficulty(4, 0, 60, .95, 0)


class Scene(NamedTuple):
    image: np.ndarray  # uint8 RGB [height, width, 3]
    boxes: np.ndarray  # float32 [n, 4]: left, top, right, bottom of the visible part, px
    labels: np.ndarray  # int64 [n], 1..80
    masks: np.ndarray  # uint8 [n, height, width], 1 where the object is seen


def _warped(rng: np.random.Generator, sprite: Image.Image, size: float) -> Tuple[np.ndarray, np.ndarray]:
    """A sprite of about `size` px with random stretch, mirroring, rotation and colour.

    Returns colour, float32 [h, w, 3] around 0..255, and opacity, float32 [h, w, 1] in 0..1.
    """
    scale = size / max(sprite.size)
    stretch = math.exp(rng.uniform(-.12, .12))
    target = (max(4, round(sprite.size[0] * scale * stretch)), max(4, round(sprite.size[1] * scale / stretch)))
    picture = sprite.resize(target, Image.BICUBIC if scale < 1.1 else Image.BILINEAR)
    if rng.random() < .5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    angle = float(np.clip(rng.normal(0, 15), -30, 30))
    if abs(angle) > 2:
        picture = picture.rotate(angle, Image.BICUBIC, expand=True)
    pixels = np.asarray(picture, np.float32)
    colour, opacity = pixels[..., :3], pixels[..., 3:] / 255
    colour = colour * (rng.uniform(.75, 1.2) * rng.uniform(.92, 1.08, 3)).astype(np.float32)
    colour = colour + np.float32(rng.uniform(-18, 18))
    ys, xs = np.where(opacity[..., 0] > .4)
    if len(ys) < 10:
        return colour, opacity
    seen = np.s_[ys.min():ys.max() + 1, xs.min():xs.max() + 1]
    return colour[seen], opacity[seen]


class _Paste(NamedTuple):
    """A warped sprite at a place: the part of the picture that it covers."""
    region: tuple  # slices of the picture
    colour: np.ndarray
    opacity: np.ndarray

    def onto(self, picture: np.ndarray) -> None:
        picture[self.region] = (picture[self.region] * (1 - self.opacity)
                                + self.colour.clip(0, 255) * self.opacity)


def _at(colour: np.ndarray, opacity: np.ndarray, x0: int, y0: int, height: int, width: int) -> Optional[_Paste]:
    high, wide = opacity.shape[:2]
    top, left, bottom, right = max(0, y0), max(0, x0), min(height, y0 + high), min(width, x0 + wide)
    if bottom <= top or right <= left:
        return None
    part = np.s_[top - y0:bottom - y0, left - x0:right - x0]
    return _Paste(np.s_[top:bottom, left:right], colour[part], opacity[part])


class _Object:
    def __init__(self, label: int, mask: np.ndarray):
        self.label, self.mask, self.area = label, mask, mask.sum()


def random_scene(rng: np.random.Generator, height: int = 256, width: int = 256, difficulty: Difficulty = HARD,
                 class_weights: Optional[np.ndarray] = None) -> Scene:
    """A scene with at least one object.  `class_weights` are the chances of USED_LABELS, uniform by default."""
    while True:
        picture = random_background(rng, height, width)
        number = int(rng.integers(1, difficulty.most_objects + 1))
        labels = [int(rng.choice(USED_LABELS, p=class_weights)) for _ in range(number)]
        if rng.random() < difficulty.distractor_share:
            labels.append(0)
        rng.shuffle(labels)
        largest = min(height, width) * (.75 if number <= 2 else .55 if number <= 4 else .42)
        largest = max(1.47 * difficulty.smallest, largest)

        objects = []
        for label in labels:
            pool = class_sprites(label) if label else distractor_sprites()
            size = math.exp(rng.uniform(math.log(difficulty.smallest), math.log(largest)))
            sprite = _warped(rng, pool[int(rng.integers(len(pool)))], size)
            placed = _place(rng, sprite, objects, height, width, difficulty)
            if placed:
                paste, mask = placed
                for other in objects:
                    other.mask &= ~mask
                paste.onto(picture)
                objects.append(_Object(label, mask))
        objects = [thing for thing in objects if thing.label]
        if objects:
            return _finished(rng, picture, objects)


def _place(rng, sprite, objects, height, width, difficulty) -> Optional[Tuple[_Paste, np.ndarray]]:
    """Tries twelve places for one that leaves enough of the other objects; the mask is bool [height, width]."""
    colour, opacity = sprite
    high, wide = opacity.shape[:2]
    outside = difficulty.outside
    for _ in range(12):
        x0 = int(rng.uniform(-outside * wide, width - (1 - outside) * wide))
        y0 = int(rng.uniform(-outside * high, height - (1 - outside) * high))
        paste = _at(colour, opacity, x0, y0, height, width)
        if paste is None:
            continue
        mask = np.zeros((height, width), bool)
        mask[paste.region] = paste.opacity[..., 0] > .5
        if mask.sum() >= 60 and all((other.mask & ~mask).sum() >= difficulty.visible * other.area
                                    for other in objects):
            return paste, mask
    return None


def _finished(rng: np.random.Generator, picture: np.ndarray, objects: list) -> Scene:
    """Adds noise or blur to some scenes and gathers the truth."""
    if rng.random() < .25:
        picture = picture + rng.normal(0, rng.uniform(1, 8), picture.shape).astype(np.float32)
    image = picture.clip(0, 255).astype(np.uint8)
    if rng.random() < .12:
        blur = ImageFilter.GaussianBlur(float(rng.uniform(.3, .9)))
        image = np.array(Image.fromarray(image).filter(blur))
    boxes = []
    for thing in objects:
        ys, xs = np.where(thing.mask)
        boxes.append([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
    return Scene(image, np.array(boxes, np.float32), np.array([thing.label for thing in objects], np.int64),
                 np.stack([thing.mask for thing in objects]).astype(np.uint8))


def random_crop(rng: np.random.Generator, side: int = 64) -> Tuple[np.ndarray, int]:
    """One emoji filling a small picture, for the classifier that the backbone is pre-trained as.

    Returns uint8 RGB [side, side, 3] and the class: an index into USED_LABELS, or CROP_CLASSES - 1 for none.
    """
    none = CROP_CLASSES - 1
    picture = random_background(rng, side, side)
    if rng.random() < .04:
        return picture.astype(np.uint8), none
    kind = int(rng.integers(len(USED_LABELS) + 2))
    pool = class_sprites(USED_LABELS[kind]) if kind < none else distractor_sprites()
    colour, opacity = _warped(rng, pool[int(rng.integers(len(pool)))], rng.uniform(.45, .98) * side)
    high, wide = opacity.shape[:2]
    x0 = int((side - wide) / 2 + rng.uniform(-6, 6))
    y0 = int((side - high) / 2 + rng.uniform(-6, 6))
    _at(colour, opacity, x0, y0, side, side).onto(picture)
    return picture.clip(0, 255).astype(np.uint8), min(kind, none)
