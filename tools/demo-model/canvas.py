"""A small painter: smooth shapes, gradients and scenery in output pixels, drawn larger and reduced at the end."""
import math
from typing import List, Optional, Sequence, Tuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = Tuple[int, int, int]
Point = Tuple[float, float]

SUPERSAMPLING = 2  # PIL's shapes have hard edges; reducing a larger picture makes them smooth


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The colour `share` (0..1) of the way from a to b."""
    return tuple(int(round(x + (y - x) * share)) for x, y in zip(a, b))


def darker(colour: Colour, share: float) -> Colour:
    return mix(colour, (20, 24, 40), share)


def lighter(colour: Colour, share: float) -> Colour:
    return mix(colour, (255, 255, 255), share)


class Canvas:
    """A picture of `width` x `height` pixels under construction; all coordinates are in those pixels, as floats.

    `rng` is the picture's own random generator: whatever is painted with it is the same at every run.
    """

    def __init__(self, width: int, height: int, rng: np.random.Generator):
        self.width, self.height, self.rng = width, height, rng
        self.image = Image.new('RGB', (width * SUPERSAMPLING, height * SUPERSAMPLING), (200, 210, 214))
        self._draw = ImageDraw.Draw(self.image, 'RGBA')

    def finished(self) -> Image.Image:
        """The picture in its final size."""
        return self.image.resize((self.width, self.height), Image.LANCZOS)

    # ----- chance -----

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def maybe(self, chance: float) -> bool:
        return bool(self.rng.random() < chance)

    def pick(self, options: Sequence):
        return options[int(self.rng.integers(len(options)))]

    def vary(self, colour: Colour, amount: float = 10) -> Colour:
        """The colour, a little lighter or darker and a little shifted in hue."""
        shift = self.rng.uniform(-amount, amount) + self.rng.uniform(-amount / 2, amount / 2, 3)
        return tuple(int(v) for v in np.clip(np.add(colour, shift), 0, 255))

    # ----- shapes -----

    def _scaled(self, points: Sequence[Point]) -> List[Point]:
        return [(x * SUPERSAMPLING, y * SUPERSAMPLING) for x, y in points]

    def polygon(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        self._draw.polygon(self._scaled(points), fill=colour + (alpha,))

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, alpha: int = 255,
                  radius: float = 0) -> None:
        (a, b), (c, d) = self._scaled([(x0, y0), (x1, y1)])
        if c <= a or d <= b:
            return
        self._draw.rounded_rectangle((a, b, c, d), radius * SUPERSAMPLING, fill=colour + (alpha,))

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: int = 255) -> None:
        (a, b), (c, d) = self._scaled([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse((a, b, c, d), fill=colour + (alpha,))

    def line(self, points: Sequence[Point], thickness: float, colour: Colour, alpha: int = 255) -> None:
        self._draw.line(self._scaled(points), fill=colour + (alpha,), width=max(1, round(thickness * SUPERSAMPLING)),
                        joint='curve')

    def gradient(self, y0: float, y1: float, top: Colour, bottom: Colour, x0: float = 0,
                 x1: Optional[float] = None) -> None:
        """A band filled from `top` at y0 to `bottom` at y1."""
        left, right = round(x0 * SUPERSAMPLING), round((self.width if x1 is None else x1) * SUPERSAMPLING)
        upper, lower = round(y0 * SUPERSAMPLING), round(y1 * SUPERSAMPLING)
        if lower <= upper or right <= left:
            return
        share = np.linspace(0, 1, lower - upper)[:, None]
        column = np.array(top) * (1 - share) + np.array(bottom) * share
        band = np.broadcast_to(column[:, None], (lower - upper, right - left, 3))
        self.image.paste(Image.fromarray(band.round().astype(np.uint8)), (left, upper))

    def glow(self, x: float, y: float, rx: float, ry: float, colour: Colour, strength: float) -> None:
        """A soft spot of light or shade: `strength` (0..1) in the middle, fading to nothing at the rim."""
        small = 64
        axis = np.linspace(-1, 1, small)
        distance = np.sqrt(axis[:, None] ** 2 + axis[None] ** 2)
        fade = np.clip(1 - distance, 0, 1) ** 1.5 * strength * 255
        size = (max(1, round(2 * rx * SUPERSAMPLING)), max(1, round(2 * ry * SUPERSAMPLING)))
        mask = Image.fromarray(fade.astype(np.uint8)).resize(size, Image.BICUBIC)
        corner = (round((x - rx) * SUPERSAMPLING), round((y - ry) * SUPERSAMPLING))
        self.image.paste(Image.new('RGB', size, colour), corner, mask)

    def soften(self, y0: float, y1: float, radius: float) -> None:
        """Blurs a horizontal band, as a far-off background is out of focus."""
        box = (0, round(y0 * SUPERSAMPLING), self.image.width, round(y1 * SUPERSAMPLING))
        part = self.image.crop(box).filter(ImageFilter.GaussianBlur(radius * SUPERSAMPLING))
        self.image.paste(part, box[:2])

    def curve(self, y: float, height: float, waves: float) -> List[Point]:
        """A gently undulating line from the left edge to the right one, around y, at most `height` up or down."""
        phases = self.rng.uniform(0, 2 * math.pi, 3)
        points = []
        for step in range(61):
            t = step / 60
            swing = sum(math.sin(2 * math.pi * waves * k * t + phases[k - 1]) / k for k in (1, 2, 3)) / 1.8
            points.append((t * self.width, y + height * swing))
        return points

    def land(self, y: float, height: float, waves: float, colour: Colour) -> None:
        """Everything below an undulating line: a hill, a meadow, a dune."""
        self.polygon(self.curve(y, height, waves) + [(self.width, self.height), (0, self.height)], colour)

    # ----- scenery -----

    def sky(self, horizon: float, mood: Optional[str] = None) -> None:
        """Sky down to `horizon`, with clouds and the light of the sun."""
        moods = {
            'noon': ((118, 184, 236), (214, 238, 250)), 'morning': ((158, 204, 240), (254, 234, 210)),
            'evening': ((126, 148, 204), (255, 200, 160)), 'soft': ((176, 208, 228), (236, 242, 244)),
        }
        mood = mood or self.pick(['noon', 'noon', 'morning', 'soft', 'evening'])
        top, bottom = moods[mood]
        self.gradient(0, horizon, self.vary(top), self.vary(bottom, 5))
        sun_x = self.between(.08, .92) * self.width
        if mood in ('morning', 'evening'):
            sun_y = horizon * self.between(.55, .9)
            self.glow(sun_x, sun_y, self.width * .45, self.width * .4, (255, 240, 200), .75)
        elif mood == 'noon':
            self.glow(sun_x, horizon * .1, self.width * .3, self.width * .3, (255, 252, 230), .8)
        for _ in range(int(self.rng.integers(1, 4))):
            self.cloud(self.between(0, 1) * self.width, self.between(.1, .6) * horizon,
                       self.between(.08, .16) * self.width)

    def cloud(self, x: float, y: float, size: float) -> None:
        """A soft, flat-bottomed cloud about 2 * size wide.  (Sharp ones look like objects to the detector.)"""
        k = SUPERSAMPLING
        wide, high = round(2.6 * size * k), round(1.3 * size * k)
        mask = Image.new('L', (wide, high), 0)
        draw = ImageDraw.Draw(mask)
        base = high * .8
        for step in range(5):
            dx = (step - 2) / 2.6 + self.between(-.1, .1)
            r = size * k * (.38 - .2 * abs(dx)) * self.between(.85, 1.2)
            cx, cy = wide / 2 + dx * size * k, base - r * .75
            draw.ellipse((cx - r * 1.25, cy - r, cx + r * 1.25, cy + r), fill=170)
        draw.rectangle((0, base, wide, high), fill=0)
        mask = mask.filter(ImageFilter.GaussianBlur(2.2 * k))
        self.image.paste((253, 253, 255), (round(x * k - wide / 2), round(y * k - base)), mask)

    def mountains(self, y: float, height: float, colour: Colour, snow: bool = False) -> None:
        """A jagged ridge whose feet are at y."""
        x = -self.between(.05, .2) * self.width
        while x < self.width:
            half, top = self.between(.16, .28) * self.width, height * self.between(.55, 1)
            peak = (x + half, y - top)
            self.polygon([(x, y), peak, (x + 2 * half, y)], colour)
            self.polygon([peak, (x + 2 * half, y), (x + half * 1.15, y)], darker(colour, .12))
            if snow:
                self.polygon([peak, (x + half * .7, y - top * .7), (x + half * .9, y - top * .76),
                              (x + half * 1.05, y - top * .66), (x + half * 1.3, y - top * .7)], (250, 252, 255), 235)
            x += half * self.between(.8, 1.3)

    def fir(self, x: float, y: float, height: float, colour: Colour) -> None:
        """A fir tree standing at (x, y)."""
        self.rectangle(x - height * .03, y - height * .15, x + height * .03, y, (110, 84, 66))
        for tier in range(3):
            base, half = y - height * (.1 + .25 * tier), height * (.27 - .06 * tier)
            tip = base - height * .42
            self.polygon([(x - half, base), (x, tip), (x + half, base)], lighter(colour, .06 * tier))

    def tree(self, x: float, y: float, height: float, colour: Colour) -> None:
        """A leafy tree standing at (x, y)."""
        self.rectangle(x - height * .045, y - height * .45, x + height * .045, y, (132, 100, 76))
        for dx, dy, r in ((-.2, .52, .2), (.2, .52, .2), (0, .7, .26), (-.1, .6, .22), (.12, .62, .2)):
            shade = lighter(colour, .1 * (dy - .5) * 5)
            self.ellipse(x + dx * height, y - dy * height, r * height, r * height * .95, shade)

    def hedge(self, y: float, height: float, colour: Colour) -> None:
        """A continuous row of tree tops with its foot at y.  (Single far trees look like objects to the detector.)"""
        x = -height * .3
        while x < self.width + height * .3:
            top = height * self.between(.6, 1)
            shade = self.vary(colour, 7)
            self.ellipse(x, y - top + height * .35, height * .4, height * .35, shade)
            self.rectangle(x - height * .38, y - top + height * .35, x + height * .38, y, shade)
            x += height * self.between(.35, .55)

    def tufts(self, y0: float, y1: float, colour: Colour, number: int) -> None:
        """Tufts of grass scattered over the band between y0 and y1, larger towards the viewer."""
        for _ in range(number):
            depth = self.between(0, 1)
            x, y = self.between(0, self.width), y0 + (y1 - y0) * depth
            size = 3 + 6 * depth
            for lean in (-.6, 0, .6):
                self.line([(x + lean * size * .3, y), (x + lean * size, y - size)], 1.2, colour, 150)

    def flowers(self, y0: float, y1: float, number: int) -> None:
        """Tiny flowers scattered over the band between y0 and y1."""
        for _ in range(number):
            colour = self.pick([(255, 255, 255), (255, 236, 150), (250, 200, 214), (214, 204, 246)])
            depth = self.between(0, 1)
            self.ellipse(self.between(0, self.width), y0 + (y1 - y0) * depth, 1.2 + depth, 1.2 + depth, colour, 230)

    def facade(self, x0: float, x1: float, foot: float, storey: float, wall: Colour, trim: Colour) -> None:
        """A house front up to the picture's top: upper windows, and a shop or a door at street level.

        `storey` is the height of one floor in pixels.
        """
        wide, ground_floor = x1 - x0, foot - storey
        pane = mix(wall, (222, 234, 240), .7)
        self.gradient(0, foot, lighter(wall, .12), wall, x0, x1)
        self.rectangle(x1 - 2, 0, x1, foot, darker(wall, .1))
        columns = max(2, round(wide / (storey * .62)))
        y = ground_floor - storey * .92
        while y > -storey:
            for column in range(columns):
                cx, half, tall = x0 + (column + .5) * wide / columns, storey * .15, storey * .56
                self.rectangle(cx - half - 2.5, y - 2.5, cx + half + 2.5, y + tall + 2.5, lighter(wall, .4), radius=2)
                self.gradient(y, y + tall, pane, lighter(pane, .25), cx - half, cx + half)
                self.line([(cx, y), (cx, y + tall)], 1.6, lighter(wall, .4))
                self.rectangle(cx - half - 5, y + tall + 2, cx + half + 5, y + tall + 5, mix(trim, wall, .5), radius=1)
            y -= storey * .92
        self.rectangle(x0, ground_floor - 3, x1, ground_floor + 3, lighter(wall, .3))
        door = self.pick([.2, .8])
        cx, half = x0 + wide * door, storey * .2
        self.rectangle(cx - half, foot - storey * .72, cx + half, foot, mix(trim, wall, .25), radius=3)
        self.rectangle(cx - half * .6, foot - storey * .64, cx + half * .6, foot - storey * .34, pane, radius=2)
        left, right = (x0 + wide * .08, cx - half - 8) if door > .5 else (cx + half + 8, x1 - wide * .08)
        self.rectangle(left, foot - storey * .66, right, foot - storey * .16, lighter(wall, .4), radius=2)
        self.gradient(foot - storey * .63, foot - storey * .19, pane, lighter(pane, .3), left + 3, right - 3)
        self.polygon([(left - 2, foot - storey * .78), (right + 2, foot - storey * .78),
                      (right + 7, foot - storey * .58), (left - 7, foot - storey * .58)], mix(trim, wall, .3))

    def window(self, x0: float, y0: float, x1: float, y1: float, frame: Colour = (250, 248, 244)) -> None:
        """A window onto a quiet sky, with a cross bar."""
        self.rectangle(x0 - 4, y0 - 4, x1 + 4, y1 + 4, frame, radius=3)
        self.gradient(y0, y1, self.vary((206, 230, 244), 5), self.vary((248, 246, 234), 4), x0, x1)
        self.ellipse((x0 * 2 + x1) / 3, y1 - (y1 - y0) * .04, (x1 - x0) * .3, (y1 - y0) * .12, (216, 230, 196))
        self.rectangle(x0, y1 - 2, x1, y1 + 4, frame)
        self.line([((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)], 3, frame)
        self.line([(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)], 3, frame)
        self.rectangle(x0 - 9, y1 + 3, x1 + 9, y1 + 8, darker(frame, .06), radius=2)

    def picture(self, x: float, y: float, wide: float, high: float) -> None:
        """A small framed picture on the wall, centred on (x, y): a warm sky over two soft hills."""
        left, top, right, bottom = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
        self.rectangle(left - 4, top - 4, right + 4, bottom + 4, self.vary((214, 192, 160)), radius=2)
        warm = self.pick([(250, 226, 190), (246, 216, 206), (244, 232, 200)])
        self.gradient(top, bottom, self.vary(lighter(warm, .3), 4), warm, left, right)
        for share, colour in ((.62, (226, 206, 160)), (.78, (204, 206, 160))):
            self.rectangle(left, top + high * share, right, bottom, self.vary(colour, 6))

    def planks(self, y0: float, y1: float, colour: Colour, rows: int) -> None:
        """A wooden surface: a gradient, joints that come closer towards the back, a little grain."""
        self.gradient(y0, y1, lighter(colour, .14), darker(colour, .06))
        for row in range(1, rows):
            y = y0 + (y1 - y0) * (row / rows) ** 1.6
            self.line([(0, y), (self.width, y)], 1.2, darker(colour, .2), 110)
        for _ in range(26):
            y = y0 + (y1 - y0) * self.between(.02, .98)
            x, length = self.between(-.1, 1) * self.width, self.between(.06, .2) * self.width
            self.line([(x, y), (x + length / 2, y + self.between(-1, 1)), (x + length, y)], 1, darker(colour, .16), 60)

    def tiles(self, y0: float, y1: float, size: float, colour: Colour, joint: Colour) -> None:
        """A tiled wall."""
        self.gradient(y0, y1, lighter(colour, .2), colour)
        x = size * self.between(.2, 1)
        while x < self.width:
            self.line([(x, y0), (x, y1)], 1.2, joint, 130)
            x += size
        y = y1 - size
        while y > y0:
            self.line([(0, y), (self.width, y)], 1.2, joint, 130)
            y -= size
