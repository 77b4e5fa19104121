"""Puts the objects of a theme into its painted place and tells which box of each can be seen."""
from typing import List, NamedTuple, Optional, Tuple

import numpy as np
from PIL import Image, ImageFilter

import props
from canvas import Canvas
from emoji import GLYPHS, clean_sprite
from themes import SIZES, UPRIGHT, Part, Theme
from zones import Zone

# What the detector is fed: short side 256 px, long side at most 320 px.
DETECTOR_SHORT, DETECTOR_LONG = 256, 320
SMALLEST = 60  # px at the detector's scale; smaller objects are left out
MOST_OBJECTS = 6
DULL = .6  # share of the scenes with a single object that are drawn anew, for they are rather empty
MOST_OVERLAP = .04  # common part of two objects' boxes over the smaller box
PLACES_TRIED = 30
ROOM = {1: 1.2, 2: 1.12, 3: 1.05, 4: 1.0, 5: .95, 6: .92}  # objects in the scene -> how large they are


class SceneObject(NamedTuple):
    label: str
    box: List[int]  # x, y, width, height of the visible part in pixels


class _Placed(NamedTuple):
    part: Part
    picture: Image.Image  # RGBA sprite in its final size
    x: int
    y: int
    foot: float  # y of the ground it stands on, decides what is in front


def detector_scale(width: int, height: int) -> float:
    """Pixels of the detector's input per pixel of the picture."""
    return min(DETECTOR_SHORT / min(width, height), DETECTOR_LONG / max(width, height))


def _cast(theme: Theme, rng: np.random.Generator) -> List[Part]:
    """The objects of one scene: each part of the theme by its own chance, between 1 and MOST_OBJECTS of them."""
    cast = []
    while not cast or (len(cast) == 1 and rng.random() < DULL):
        cast = [part for part in theme.parts for _ in range(part.most) if rng.random() < part.chance]
    order = rng.permutation(len(cast))[:MOST_OBJECTS]
    return [cast[k] for k in sorted(order)]


def _dressed_sprite(part: Part, longest: float, rng: np.random.Generator) -> Image.Image:
    """The part's emoji, `longest` px along its longer side, perhaps mirrored and a little turned."""
    codes = part.glyphs or GLYPHS[part.label]
    code = codes[int(rng.integers(len(codes)))]
    picture = clean_sprite(code)
    ratio = longest / max(picture.size)
    picture = picture.resize([max(1, round(side * ratio)) for side in picture.size], Image.LANCZOS)
    if code not in UPRIGHT and rng.random() < .5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    if part.tilt:
        picture = picture.rotate(float(rng.uniform(-part.tilt, part.tilt)), Image.BICUBIC, expand=True)
        picture = picture.crop(picture.getchannel('A').getbbox())
    if part.soft_edges:
        picture.putalpha(_faded(picture.getchannel('A')))
    return picture


def _faded(alpha: Image.Image) -> Image.Image:
    """Takes the hard rectangular rim off an emoji that brings its own piece of sea or snow."""
    width, height = alpha.size
    x, y = np.linspace(-1, 1, width)[None], np.linspace(-1, 1, height)[:, None]
    fade = np.clip((1.05 - (np.abs(x) ** 3 + np.abs(y) ** 3) ** (1 / 3)) / .25, 0, 1)
    return Image.fromarray((np.asarray(alpha, np.float32) * fade).astype(np.uint8))


def _place(part: Part, zone: Zone, size: tuple, taken: List[tuple], unit: float,
           rng: np.random.Generator) -> Optional[_Placed]:
    """Looks for a place in the zone where the object hides little of the others, in a smaller size if need be.

    `size` is the picture's, `taken` are the boxes (corners) of the objects so far, and `unit` is how many pixels an
    object of size 1 measures.
    """
    width, height = size
    smallest = SMALLEST / detector_scale(width, height)
    for shrink in (1, .92, .85):
        seed = int(rng.integers(2 ** 31))
        best = None
        for _ in range(PLACES_TRIED):
            across, down = rng.uniform(0, 1, 2)
            scale = zone.far + (1 - zone.far) * down if zone.on_ground else 1
            longest = max(SIZES[part.label] * part.size * unit * scale * shrink, smallest)
            picture = _dressed_sprite(part, longest, np.random.default_rng(seed))
            wide, high = picture.size
            foot = (zone.top + (zone.bottom - zone.top) * down) * height
            left, right = zone.left * width, zone.right * width - wide
            if part.at_right_edge:
                left = right = width - wide
            x = left + (right - left) * across if right > left else (left + right) / 2
            y = foot - high if zone.on_ground else foot - high / 2
            if part.prop == 'pole':
                y -= high * props.POLE_SHARE
            x, y = min(max(x, 2), width - wide - (0 if part.at_right_edge else 2)), max(y, 2)
            if zone.cut:
                picture = picture.crop((0, 0, wide, round(zone.cut * height - y)))
                high = picture.size[1]
            y = min(y, height - high - 2)
            overlap = max((_overlap((x, y, x + wide, y + high), other) for other in taken), default=0)
            if best is None or overlap < best[0]:
                best = (overlap, _Placed(part, picture, round(x), round(y), foot))
            if overlap == 0:
                break
        if best[0] <= MOST_OVERLAP:
            return best[1]
    return None


def _overlap(a: tuple, b: tuple) -> float:
    """Common area of two boxes (left, top, right, bottom) over the area of the smaller one."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0
    return wide * high / min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))


def _shadow(size: tuple, item: _Placed) -> Image.Image:
    """How dark the ground is around the foot of an object: an L picture, a soft and flat ellipse."""
    wide, high = item.picture.size
    lowest = np.asarray(item.picture.getchannel('A'))[int(high * .75):]
    columns = np.nonzero((lowest > 127).any(0))[0]
    left, right = (columns.min(), columns.max()) if len(columns) else (0, wide)
    middle, reach = item.x + (left + right) / 2, (right - left) / 2 + 5
    around, flat = round(reach + 20), 20
    axis_x, axis_y = np.arange(-around, around)[None] / reach, np.arange(-flat, flat)[:, None] / (5 + .04 * reach)
    dark = np.clip(1.3 - np.sqrt(axis_x ** 2 + axis_y ** 2), 0, 1) * 105
    stamp = Image.fromarray(dark.astype(np.uint8)).filter(ImageFilter.GaussianBlur(2.5))
    mask = Image.new('L', size, 0)
    mask.paste(stamp, (round(middle) - around, item.y + high - flat - 3))
    return mask


def compose(theme: Theme, width: int, height: int, rng: np.random.Generator) -> Tuple[Image.Image, List[SceneObject]]:
    """Paints one scene of the theme.  Returns the picture (RGB) and its objects in painting order."""
    canvas = Canvas(width, height, rng)
    zones = theme.backdrop(canvas)
    picture = canvas.finished()
    size = (width, height)
    unit = DETECTOR_SHORT / detector_scale(width, height)

    placed, taken = [], []
    cast = _cast(theme, rng)
    for part in cast:
        item = _place(part, zones[part.zone], size, taken, unit * ROOM[len(cast)], rng)
        if item:
            placed.append(item)
            wide, high = item.picture.size
            pole = high * props.POLE_SHARE if part.prop == 'pole' else 0
            taken.append((item.x, item.y, item.x + wide, item.y + high + pole))
    placed.sort(key=lambda item: item.foot)

    visible: List[np.ndarray] = []  # one mask of height x width per object, of what is still seen of it
    for item in placed:
        zone, (wide, high) = zones[item.part.zone], item.picture.size
        box = (item.x, item.y, item.x + wide, item.y + high)
        if zone.on_ground and item.part.prop is None and not zone.cut:
            picture.paste((40, 44, 60), (0, 0), _shadow(size, item))
        if item.part.prop in props.BEHIND:
            layer = props.BEHIND[item.part.prop](size, box, rng)
            picture.paste(layer, (0, 0), layer)
            _hide(visible, layer)
        layer = Image.new('RGBA', size, (0, 0, 0, 0))
        layer.paste(item.picture, (item.x, item.y))
        picture.paste(layer, (0, 0), layer)
        _hide(visible, layer)
        visible.append(np.asarray(layer.getchannel('A')) > 127)
        if item.part.prop in props.IN_FRONT:
            layer = props.IN_FRONT[item.part.prop](size, box, rng)
            picture.paste(layer, (0, 0), layer)
            _hide(visible, layer)
    return picture, [SceneObject(item.part.label, _box(mask)) for item, mask in zip(placed, visible)]


def _hide(visible: List[np.ndarray], layer: Image.Image) -> None:
    """Takes the opaque pixels of a layer off what is visible of the objects below it."""
    opaque = np.asarray(layer.getchannel('A')) > 127
    for mask in visible:
        mask &= ~opaque


def _box(mask: np.ndarray) -> List[int]:
    ys, xs = np.nonzero(mask)
    return [int(xs.min()), int(ys.min()), int(xs.max() - xs.min() + 1), int(ys.max() - ys.min() + 1)]
