"""Small painted things that tie an object to its place: a pole under a traffic light, a bush in front of a bear.

Each prop is painted on a transparent layer (an RGBA picture of the scene's size), so that the composition knows which
pixels of the object it hides.
"""
from typing import Callable, Dict, Tuple

import numpy as np
from PIL import Image, ImageDraw

Box = Tuple[float, float, float, float]  # left, top, right, bottom in pixels

SUPERSAMPLING = 2
POLE_SHARE = .5  # height of the pole over the height of the thing on top of it


def _layer(size: Tuple[int, int], paint: Callable[[ImageDraw.ImageDraw, float], None]) -> Image.Image:
    large = Image.new('RGBA', (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING), (0, 0, 0, 0))
    paint(ImageDraw.Draw(large), SUPERSAMPLING)
    return large.resize(size, Image.LANCZOS)


def pole(size: Tuple[int, int], box: Box, rng: np.random.Generator) -> Image.Image:
    """A post from the middle of the object's box to the ground below it."""
    left, top, right, bottom = box
    x, foot = (left + right) / 2, bottom + (bottom - top) * POLE_SHARE

    def paint(draw: ImageDraw.ImageDraw, k: float) -> None:
        draw.rectangle(((x - 3) * k, (top + bottom) / 2 * k, (x + 3) * k, foot * k), fill=(124, 128, 136, 255))
        draw.rectangle(((x - 3) * k, (top + bottom) / 2 * k, (x - 1) * k, foot * k), fill=(150, 154, 162, 255))
        draw.rounded_rectangle(((x - 8) * k, (foot - 4) * k, (x + 8) * k, foot * k), 2 * k, fill=(112, 116, 124, 255))

    return _layer(size, paint)


def _leaves(size: Tuple[int, int], box: Box, rng: np.random.Generator, colours) -> Image.Image:
    left, _, right, bottom = box
    wide = right - left
    leaves = []
    for _ in range(90):
        x = left + wide * rng.uniform(-.12, 1.12)
        height = wide * rng.uniform(.06, .2)
        leaves.append((x, x + wide * rng.uniform(-.06, .06), height, colours[int(rng.integers(len(colours)))]))

    def paint(draw: ImageDraw.ImageDraw, k: float) -> None:
        for x, tip, height, colour in leaves:
            foot = bottom + wide * .05
            draw.polygon([((x - wide * .018) * k, foot * k), (tip * k, (foot - height) * k),
                          ((x + wide * .018) * k, foot * k)], fill=colour + (255,))

    return _layer(size, paint)


def dry_grass(size: Tuple[int, int], box: Box, rng: np.random.Generator) -> Image.Image:
    """High yellow grass in front of the lowest part of the object."""
    return _leaves(size, box, rng, [(206, 172, 96), (222, 190, 112), (190, 158, 90), (214, 182, 122)])


def green_grass(size: Tuple[int, int], box: Box, rng: np.random.Generator) -> Image.Image:
    """High green grass in front of the lowest part of the object."""
    return _leaves(size, box, rng, [(112, 156, 92), (128, 170, 102), (98, 142, 88), (144, 182, 112)])


def spray(size: Tuple[int, int], box: Box, rng: np.random.Generator) -> Image.Image:
    """Foam around the foot of the object."""
    left, _, right, bottom = box
    wide = right - left
    drops = [(left + wide * rng.uniform(-.1, 1.1), bottom + wide * rng.uniform(-.03, .05),
              wide * rng.uniform(.025, .06)) for _ in range(16)]

    def paint(draw: ImageDraw.ImageDraw, k: float) -> None:
        for x, y, r in drops:
            draw.ellipse(((x - r) * k, (y - r * .6) * k, (x + r) * k, (y + r * .6) * k), fill=(190, 228, 246, 200))

    return _layer(size, paint)


def wake(size: Tuple[int, int], box: Box, rng: np.random.Generator) -> Image.Image:
    """Small ripples along the waterline of a boat or a swimming bird."""
    left, _, right, bottom = box
    wide = right - left
    ripples = [(left + wide * rng.uniform(-.05, 1.05), bottom + wide * rng.uniform(-.02, .06),
                wide * rng.uniform(.08, .2)) for _ in range(9)]

    def paint(draw: ImageDraw.ImageDraw, k: float) -> None:
        for x, y, r in ripples:
            draw.ellipse(((x - r) * k, (y - 1.6) * k, (x + r) * k, (y + 1.6) * k), fill=(226, 242, 248, 170))

    return _layer(size, paint)


BEHIND: Dict[str, Callable] = {'pole': pole}
IN_FRONT: Dict[str, Callable] = {'dry grass': dry_grass, 'green grass': green_grass, 'spray': spray, 'wake': wake}
