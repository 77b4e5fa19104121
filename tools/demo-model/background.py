"""Random backgrounds for training: plain colours, gradients, smooth noise, stripes, ground and sky, blobs and boxes."""
import math

import numpy as np
from PIL import Image, ImageDraw


def _colours(rng: np.random.Generator) -> np.ndarray:
    """Four random colours, float32 [4, 3]; half of the sets are all pastel or all dark."""
    colours = rng.uniform(0, 255, (4, 3)).astype(np.float32)
    if rng.random() < .5:
        colours = colours * .35 + rng.choice([30, 165])
    return colours


def _fill(colour: np.ndarray) -> tuple:
    return tuple(int(v) for v in colour.clip(0, 255))


def _stripes(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, colours: np.ndarray) -> np.ndarray:
    angle, period = rng.uniform(0, math.pi), rng.uniform(6, 50)
    wave = np.sin((x * math.cos(angle) + y * math.sin(angle)) * 2 * math.pi / period)
    wave = (wave > 0).astype(np.float32) if rng.random() < .5 else wave * .5 + .5
    return colours[0] + (colours[1] - colours[0]) * wave[..., None] * rng.uniform(.2, 1)


def _gradient(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, colours: np.ndarray) -> np.ndarray:
    angle = rng.uniform(0, 2 * math.pi)
    height, width = x.shape
    share = (x / width - .5) * math.cos(angle) + (y / height - .5) * math.sin(angle) + .5
    return colours[0] + (colours[1] - colours[0]) * share.clip(0, 1)[..., None]


def _smooth_noise(rng: np.random.Generator, height: int, width: int, colours: np.ndarray) -> np.ndarray:
    cells = int(rng.integers(3, 12))
    coarse = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
    fine = np.asarray(coarse.resize((width, height), Image.BICUBIC), np.float32)
    return fine * rng.uniform(.3, 1) + colours[0] * .3


def _shapes(rng: np.random.Generator, height: int, width: int, colours: np.ndarray, horizon: bool) -> np.ndarray:
    """Up to eight ellipses and boxes, over one colour or over ground and sky."""
    picture = Image.new('RGB', (width, height), _fill(colours[0]))
    draw = ImageDraw.Draw(picture)
    if horizon:
        draw.rectangle((0, int(height * rng.uniform(.3, .8)), width, height), fill=_fill(colours[1]))
    for _ in range(int(rng.integers(0, 9))):
        rx, ry = rng.uniform(4, 50, 2)
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        colour = _fill(colours[rng.integers(1, 4)] + rng.uniform(-30, 30, 3))
        shape = draw.ellipse if rng.random() < .5 else draw.rectangle
        shape((x - rx, y - ry, x + rx, y + ry), fill=colour)
    return np.asarray(picture, np.float32)


def random_background(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A background, float32 [height, width, 3], 0..255."""
    kind = rng.integers(0, 6)  # 5 and 4 are both shapes: they are the most like real pictures
    colours = _colours(rng)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if kind == 0:
        picture = np.broadcast_to(colours[0], (height, width, 3)).copy()
    elif kind == 1:
        picture = _gradient(rng, x, y, colours)
    elif kind == 2:
        picture = _smooth_noise(rng, height, width, colours)
    elif kind == 3:
        picture = _stripes(rng, x, y, colours)
    else:
        picture = _shapes(rng, height, width, colours, horizon=kind == 4)
    if rng.random() < .5:
        deviation = rng.uniform(2, 18)
        channels = 1 if rng.random() < .5 else 3
        picture = picture + rng.normal(0, deviation, (height, width, channels)).astype(np.float32)
    return picture.astype(np.float32).clip(0, 255)
