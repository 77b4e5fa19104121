"""Outdoor places.  Each function paints one onto a Canvas and returns the zones for its objects."""
import math
from typing import Dict

from canvas import Canvas, darker, lighter, mix
from zones import Zone, air, ground

MEADOW = [(150, 196, 116), (166, 204, 126), (138, 186, 118), (176, 202, 124)]
LEAVES = [(112, 164, 98), (126, 176, 104), (98, 152, 104), (146, 176, 96)]
FACADES = [(236, 208, 186), (222, 190, 170), (206, 214, 206), (238, 222, 184), (200, 208, 220), (230, 200, 196)]
TRIMS = [(176, 120, 110), (110, 150, 140), (120, 136, 172), (196, 158, 104)]
GRAFFITI = [(236, 140, 150), (130, 170, 226), (246, 204, 120), (150, 200, 160), (190, 150, 214)]
ROOFS = [(176, 112, 96), (150, 108, 100), (128, 124, 136), (166, 128, 100)]


def _waves(c: Canvas, top: float, bottom: float, light, number: int = 9) -> None:
    """Light crests across the water, longer and further apart towards the viewer."""
    for row in range(number):
        depth = (row + c.between(.1, .9)) / number
        y = top + (bottom - top) * depth ** 1.4
        for _ in range(int(c.rng.integers(2, 5))):
            x, length = c.between(-.1, 1) * c.width, (.05 + .14 * depth) * c.width
            lift = 1 + 2.5 * depth
            points = [(x + length * t / 8, y - lift * math.sin(math.pi * t / 8)) for t in range(9)]
            c.line(points, .9 + 1.1 * depth, light, 110)


def surf_beach(c: Canvas) -> Dict[str, Zone]:
    horizon, shore = c.height * c.between(.24, .3), c.height * c.between(.61, .66)
    c.sky(horizon)
    if c.maybe(.5):
        c.mountains(horizon, c.height * .1, c.vary((150, 176, 186)))
    deep = c.vary((56, 150, 206), 6)
    c.gradient(horizon, shore + 24, lighter(deep, .1), mix(deep, (64, 190, 214), .4))
    _waves(c, horizon + 6, shore - 4, (206, 234, 250), 8)
    for k, (colour, alpha) in enumerate((((150, 212, 234), 170), ((214, 240, 248), 230))):
        c.land(shore + k * 5, 5, .9, mix(colour, (64, 190, 214), .2 - .2 * k))
    sand = c.vary((242, 226, 190))
    c.land(shore + 11, 5, .9, darker(sand, .1))
    c.land(shore + 17, 5, .9, sand)
    for _ in range(40):
        c.ellipse(c.between(0, c.width), c.between(shore + 30, c.height), 2.2, .9, darker(sand, .14), 130)
    s = shore / c.height
    return {'water': ground(.02, horizon / c.height + .2, .98, s - .02, .75),
            'sand': ground(.02, s + .15, .98, .985, .9),
            'low sand': ground(.02, .94, .98, .985, 1),
            'horizon': ground(.05, horizon / c.height + .02, .95, horizon / c.height + .07, 1),
            'sky': air(.1, .13, .9, .2)}


def harbour(c: Canvas) -> Dict[str, Zone]:
    horizon, quay = c.height * c.between(.34, .4), c.height * c.between(.8, .84)
    c.sky(horizon)
    c.land(horizon - c.height * .05, c.height * .035, .8, c.vary((164, 186, 160)))
    x = c.between(-.05, .05) * c.width
    while x < c.width:
        wide, high = c.between(22, 40), c.between(.06, .12) * c.height
        wall = mix(c.vary(c.pick(FACADES)), (255, 255, 255), .25)
        c.rectangle(x, horizon - high, x + wide, horizon, wall)
        c.polygon([(x - 2, horizon - high), (x + wide / 2, horizon - high - 9), (x + wide + 2, horizon - high)],
                  mix(c.pick(ROOFS), (220, 210, 205), .35))
        c.rectangle(x + wide * .4, horizon - high * .65, x + wide * .6, horizon - high * .35, darker(wall, .15))
        x += wide + (c.between(8, 40) if c.maybe(.4) else 0)
    sea = c.vary((86, 158, 186))
    c.gradient(horizon, quay, lighter(sea, .3), sea)
    c.gradient(horizon, horizon + 12, mix(lighter(sea, .3), (220, 205, 190), .5), lighter(sea, .28))
    _waves(c, horizon + 10, quay, (230, 244, 248), 9)
    stone = c.vary((190, 182, 170))
    c.gradient(quay, c.height, lighter(stone, .12), stone)
    c.rectangle(0, quay, c.width, quay + 6, darker(stone, .18))
    x = c.between(0, 40)
    while x < c.width:
        c.line([(x, quay + 6), (x - 8, c.height)], 1, darker(stone, .16), 140)
        x += 48
    for x in (c.between(.05, .3), c.between(.7, .95)):
        c.rectangle(x * c.width - 5, quay - 9, x * c.width + 5, quay + 4, (98, 102, 112), radius=3)
    h, q = horizon / c.height, quay / c.height
    return {'water': ground(.02, h + .17, .98, q - .04, .75), 'quay': ground(.02, q + .07, .98, .985, .95),
            'sky': air(.1, .13, .9, h - .14)}


def city_street(c: Canvas) -> Dict[str, Zone]:
    foot = c.height * c.between(.5, .54)
    storey = c.height * c.between(.34, .38)
    x = -c.between(10, 60)
    while x < c.width:
        wide = c.between(.3, .42) * c.width
        c.facade(x, x + wide, foot, storey, c.vary(c.pick(FACADES)), c.vary(mix(c.pick(TRIMS), (222, 206, 190), .25)))
        x += wide
    kerb = foot + c.height * c.between(.13, .16)
    pavement, road = c.vary((206, 200, 194)), c.vary((136, 138, 146))
    c.gradient(foot, kerb, darker(pavement, .06), pavement)
    c.rectangle(0, kerb - 3, c.width, kerb + 2, darker(pavement, .2))
    c.gradient(kerb + 2, c.height, lighter(road, .1), road)
    middle = kerb + (c.height - kerb) * .52
    x = -c.between(0, 60)
    while x < c.width:
        c.rectangle(x, middle - 2, x + 36, middle + 2, lighter(road, .42))
        x += 74
    k = kerb / c.height
    return {'pavement': ground(.02, k - .05, .98, k - .015, 1), 'road': ground(.02, k + .14, .98, .97, .88)}


def road_junction(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.4, .45)
    c.sky(horizon)
    c.land(horizon - c.height * .03, c.height * .025, 1, c.vary((168, 192, 160)))
    for _ in range(7):
        c.tree(c.between(0, c.width), horizon + 4, c.between(.12, .2) * c.height, c.vary(c.pick(LEAVES)))
    verge = c.vary(c.pick(MEADOW))
    c.gradient(horizon, c.height, lighter(verge, .15), verge)
    road = c.vary((142, 144, 152))
    w, h, x = c.width, c.height, c.width * c.between(.4, .6)
    edge = lighter(road, .35)
    c.polygon([(x - w * .055, horizon), (x + w * .055, horizon), (x + w * .42, h), (x - w * .42, h)], edge)
    c.polygon([(x - w * .05, horizon), (x + w * .05, horizon), (x + w * .4, h), (x - w * .4, h)], road)
    cross = horizon + (h - horizon) * .42
    c.rectangle(0, cross - h * .065, w, cross + h * .1, edge)
    c.rectangle(0, cross - h * .058, w, cross + h * .092, road)
    for t in (.78, .9):
        y = horizon + (h - horizon) * t
        c.rectangle(x - 2 - 2 * t, y - 8, x + 2 + 2 * t, y + 8, lighter(road, .4))
    c.polygon([(x - w * .25, cross + h * .13), (x + w * .25, cross + h * .13), (x + w * .26, cross + h * .145),
               (x - w * .26, cross + h * .145)], lighter(road, .45))
    k = cross / h
    return {'crossroad': ground(.02, k + .02, .98, k + .08, 1), 'road': ground(.16, .84, .84, .97, .9),
            'verge_left': ground(.02, k + .16, .16, k + .24, 1), 'verge_right': ground(.84, k + .16, .98, k + .24, 1),
            'sky': air(.1, .12, .9, .2)}


def farm(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.36, .44)
    c.sky(horizon)
    c.land(horizon - c.height * .06, c.height * .04, .7, c.vary((170, 198, 150)))
    c.land(horizon, c.height * .03, .9, c.vary((156, 190, 128)))
    x, size = c.between(.1, .75) * c.width, c.between(.2, .26) * c.height
    for _ in range(4):
        c.tree(c.between(0, c.width), horizon + size * .2, c.between(.14, .22) * c.height, c.vary(c.pick(LEAVES)))
    barn = c.vary((184, 104, 90))
    y = horizon + size * .25
    c.rectangle(x, y - size * .62, x + size, y, barn)
    c.polygon([(x - size * .08, y - size * .58), (x + size * .16, y - size * .92), (x + size * .5, y - size * 1.06),
               (x + size * .84, y - size * .92), (x + size * 1.08, y - size * .58)], c.vary((140, 118, 116)))
    c.rectangle(x + size * .32, y - size * .4, x + size * .68, y, lighter(barn, .25))
    c.line([(x + size * .32, y - size * .4), (x + size * .68, y)], 1.5, lighter(barn, .5))
    c.line([(x + size * .68, y - size * .4), (x + size * .32, y)], 1.5, lighter(barn, .5))
    meadow = c.vary(c.pick(MEADOW))
    c.land(horizon + size * .24, c.height * .015, .6, lighter(meadow, .08))
    top = horizon + size * .36
    c.gradient(top + 4, c.height, lighter(meadow, .08), darker(meadow, .06))
    wood = c.vary((206, 184, 154))
    for dy in (0, 8):
        c.line([(0, top - 12 + dy), (c.width, top - 12 + dy)], 2.4, wood)
    post = c.between(0, 30)
    while post < c.width:
        c.rectangle(post - 2, top - 18, post + 2, top + 5, darker(wood, .1))
        post += 46
    c.tufts(top + 14, c.height, darker(meadow, .25), 34)
    c.flowers(top + 14, c.height, 24)
    t = top / c.height
    return {'meadow': ground(.02, t + .22, .98, .97, .78), 'sky': air(.1, .12, .9, .2)}


def _acacia(c: Canvas, x: float, y: float, height: float, colour) -> None:
    c.line([(x, y), (x + height * .06, y - height * .55), (x - height * .25, y - height * .85)], height * .05, colour)
    c.line([(x + height * .05, y - height * .5), (x + height * .3, y - height * .88)], height * .035, colour)
    for dx, dy, r in ((-.3, .9, .34), (.25, .92, .36), (0, 1, .36)):
        c.ellipse(x + dx * height, y - dy * height, r * height, r * height * .28, colour)


def savanna(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.42, .5)
    dusk = c.maybe(.6)
    top, bottom = ((150, 150, 196), (255, 206, 150)) if dusk else ((160, 206, 236), (250, 238, 206))
    c.gradient(0, horizon, c.vary(top), c.vary(bottom))
    c.glow(c.between(.15, .85) * c.width, horizon * .9, c.width * .4, c.width * .32, (255, 244, 206), .85)
    c.land(horizon - c.height * .02, c.height * .025, .6, c.vary((196, 170, 142) if dusk else (196, 196, 160)))
    grass = c.vary((220, 190, 118) if dusk else (224, 204, 134))
    for _ in range(3):
        shade = mix((132, 126, 86), grass, c.between(.45, .65))
        _acacia(c, c.between(0, c.width), horizon + c.between(0, 10), c.between(.16, .28) * c.height, shade)
    c.gradient(horizon + 2, c.height, lighter(grass, .12), darker(grass, .08))
    c.tufts(horizon + 12, c.height, darker(grass, .25), 60)
    h = horizon / c.height
    return {'plain': ground(.02, h + .2, .98, .96, .8), 'sky': air(.12, .13, .88, .22)}


def forest(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.4, .46)
    c.sky(horizon)
    c.mountains(horizon, c.height * .3, c.vary((172, 188, 204)), snow=True)
    moss = c.vary((132, 168, 116))
    c.soften(0, horizon, 1.3)
    c.gradient(horizon - 1, horizon + 12, lighter(moss, .2), lighter(moss, .12))
    for row, (count, size) in enumerate(((16, .14), (12, .2))):
        colour = mix((88, 134, 110), (190, 210, 205), .5 - .2 * row)
        for _ in range(count):
            c.fir(c.between(0, c.width), horizon + 6 + 8 * row, size * c.between(.8, 1.2) * c.height, c.vary(colour, 6))
    c.soften(0, horizon + 12, 1.2)
    c.gradient(horizon + 10, c.height, lighter(moss, .12), darker(moss, .06))
    if c.maybe(.6):
        x = c.between(.3, .7) * c.width
        side = c.between(-.3, .3) * c.width
        c.polygon([(x - 6, horizon + 10), (x + 6, horizon + 10), (x + side + 70, c.height), (x + side - 70, c.height)],
                  mix(c.pick([(214, 196, 164), (150, 196, 214)]), moss, .5))
    c.tufts(horizon + 22, c.height, darker(moss, .2), 36)
    c.flowers(horizon + 26, c.height, 16)
    for x in (c.between(-.02, .05), c.between(.95, 1.02)):
        c.fir(x * c.width, horizon + c.height * .16, c.height * c.between(.4, .52), c.vary((96, 146, 112), 6))
    h = horizon / c.height
    return {'clearing': ground(.05, h + .2, .95, .95, .85), 'sky': air(.25, .13, .75, .2)}


def ski_slope(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.34, .4)
    c.sky(horizon + 60, c.pick(['noon', 'noon', 'morning', 'evening']))
    c.mountains(horizon + 50, c.height * .36, c.vary((184, 200, 222)), snow=True)
    c.soften(0, horizon + 50, 1.5)
    snow = c.vary((238, 243, 250), 4)
    lean = c.between(-.07, .07) * c.height
    slope = [(x, y + lean * (x / c.width - .5) * 2) for x, y in c.curve(horizon + 16, 6, .6)]
    c.polygon(slope + [(c.width, c.height), (0, c.height)], snow)
    for row in range(3):
        for _ in range(4):
            x = c.between(0, 1)
            y = horizon + 20 + lean * (x - .5) * 2 + row * 9
            c.fir(x * c.width, y, c.height * (.08 + .03 * row) * c.between(.8, 1.2), c.vary((134, 172, 164), 6))
    c.soften(0, horizon + c.height * .16, 1)
    c.glow(c.width * c.between(.2, .8), c.height * .98, c.width * .6, c.height * .3, (206, 220, 240), .8)
    for _ in range(3):
        start, drift = c.between(-.1, 1) * c.width, c.between(-.5, .5) * c.width
        points = [(start + drift * t / 12 + 10 * math.sin(t * .9), horizon + 34 + (c.height - horizon) * t / 12)
                  for t in range(13)]
        c.line(points, 2.4, (212, 224, 240), 200)
    h = horizon / c.height
    return {'slope': ground(.02, h + .3, .98, .96, .82), 'sky': air(.12, .12, .88, .18)}


def park(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.42, .48)
    c.sky(horizon)
    c.land(horizon - c.height * .03, c.height * .03, .9, c.vary((168, 200, 156)))
    for _ in range(9):
        colour = mix(c.pick(LEAVES), (220, 232, 220), .3)
        c.tree(c.between(0, c.width), horizon + 6, c.between(.14, .24) * c.height, c.vary(colour))
    c.soften(0, horizon + 10, 1.3)
    meadow = c.vary(c.pick(MEADOW))
    c.gradient(horizon + 2, c.height, lighter(meadow, .12), darker(meadow, .04))
    if c.maybe(.45):
        x, y = c.between(.2, .8) * c.width, horizon + c.height * .09
        c.ellipse(x, y, c.width * .22, c.height * .04, darker(meadow, .12))
        c.ellipse(x, y, c.width * .21, c.height * .035, (158, 204, 222))
        c.line([(x - 40, y), (x + 10, y)], 1.2, (230, 244, 248), 180)
    if c.maybe(.6):
        start, end = c.between(.2, .8) * c.width, c.between(.1, .9) * c.width
        c.polygon([(start - 7, horizon + 3), (start + 7, horizon + 3), (end + 60, c.height), (end - 60, c.height)],
                  mix(c.vary((222, 206, 176)), meadow, .45))
    c.tufts(horizon + 20, c.height, darker(meadow, .22), 30)
    c.flowers(horizon + 20, c.height, 40)
    if c.maybe(.7):
        side = c.pick([.02, .98])
        c.tree(side * c.width, horizon + c.height * .18, c.height * c.between(.5, .62), c.vary(c.pick(LEAVES)))
    h = horizon / c.height
    return {'lawn': ground(.03, h + .17, .97, .97, .82), 'sky': air(.15, .14, .85, .27)}


def picnic(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.26, .32)
    c.sky(horizon)
    c.land(horizon - 4, c.height * .03, .8, c.vary((166, 198, 150)))
    c.hedge(horizon + 8, c.between(.12, .18) * c.height, mix(c.pick(LEAVES), (225, 232, 225), .2))
    c.soften(0, horizon + 10, 1.3)
    meadow = c.vary(c.pick(MEADOW))
    c.gradient(horizon + 4, c.height, lighter(meadow, .1), darker(meadow, .04))
    c.tufts(horizon + 14, c.height, darker(meadow, .22), 30)
    c.flowers(horizon + 14, c.height, 40)
    cloth = c.vary(c.pick([(238, 206, 204), (208, 220, 238), (244, 230, 196), (226, 214, 238)]), 6)
    back, front = c.height * c.between(.5, .54), c.height * .95
    inset, edge = c.width * .13, c.width * .015
    corners = [(inset, back), (c.width - inset, back), (c.width - edge, front), (edge, front)]
    c.polygon([(x, y + 4) for x, y in corners], darker(meadow, .22))
    c.polygon(corners, cloth)
    for step in range(1, 9):  # a pale check: a strong one looks like objects to the detector
        t = step / 9
        upper, lower = inset + (c.width - 2 * inset) * t, edge + (c.width - 2 * edge) * t
        c.line([(upper, back), (lower, front)], 5, lighter(cloth, .35), 120)
        y = back + (front - back) * t ** 1.3
        side = inset + (edge - inset) * t ** 1.3
        c.line([(side, y), (c.width - side, y)], 4, lighter(cloth, .35), 120)
    b = back / c.height
    return {'blanket': ground(.12, b + .16, .88, .92, .9), 'lawn': ground(.02, b - .04, .98, b + .01, 1),
            'sky': air(.15, .11, .85, .16)}


def skate_park(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.36, .42)
    c.sky(horizon)
    c.hedge(horizon, c.between(.12, .18) * c.height, mix(c.pick(LEAVES), (225, 232, 225), .2))
    c.soften(0, horizon + 10, 1.3)
    wall = c.vary((222, 212, 202))
    c.gradient(horizon - 8, horizon + c.height * .13, wall, darker(wall, .06))
    for _ in range(5):  # faded graffiti
        colour = mix(c.pick(GRAFFITI), wall, .35)
        x, y = c.between(.05, .95) * c.width, horizon + c.height * .06
        turn = c.between(.7, 1.2)
        points = [(x + 6 * t, y + 12 * math.sin(t * turn)) for t in range(12)]
        c.line(points, c.between(6, 9), colour)
    concrete = c.vary((206, 202, 200))
    floor = horizon + c.height * .13
    c.gradient(floor, c.height, lighter(concrete, .12), darker(concrete, .04))
    side, reach = c.maybe(.5), c.between(.26, .34) * c.width
    ramp = []
    for t in range(13):  # a quarter pipe
        a = math.pi / 2 * t / 12
        ramp.append((reach * math.sin(a), floor + c.height * .14 - c.height * .24 * (1 - math.cos(math.pi / 2 - a))))
    ramp = [(x if side else c.width - x, y) for x, y in ramp]
    corner = 0 if side else c.width
    panel = c.vary(c.pick([(214, 176, 140), (158, 188, 190), (212, 178, 176), (178, 180, 206)]))
    c.polygon([(corner, floor + c.height * .14)] + ramp, panel)
    c.line(ramp, 3, darker(panel, .25))
    x = c.between(.4, .6) * c.width
    c.line([(x - 50, floor + c.height * .1), (x + 50, floor + c.height * .1)], 3.5, darker(concrete, .35))
    for leg in (-42, 42):
        c.line([(x + leg, floor + c.height * .1), (x + leg, floor + c.height * .16)], 3, darker(concrete, .35))
    for _ in range(3):
        y = floor + c.height * c.between(.2, .5)
        c.line([(0, y), (c.width, y + c.between(-6, 6))], 1, darker(concrete, .14), 160)
    f = floor / c.height
    return {'floor': ground(.03, f + .2, .97, .96, .85), 'sky': air(.15, .12, .85, .18)}


def airport(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.46, .52)
    c.sky(horizon)
    c.land(horizon - 4, c.height * .02, .8, c.vary((172, 194, 176)))
    x0, wide = c.between(.05, .35) * c.width, c.between(.45, .6) * c.width
    hall = c.vary((222, 226, 232))
    c.rectangle(x0, horizon - c.height * .12, x0 + wide, horizon + 6, hall)
    c.rectangle(x0 - 8, horizon - c.height * .135, x0 + wide + 8, horizon - c.height * .115, darker(hall, .2), radius=3)
    c.rectangle(x0 + 8, horizon - c.height * .085, x0 + wide - 8, horizon - c.height * .03, (172, 202, 220), radius=2)
    tower = x0 + wide + 34 if x0 + wide + 60 < c.width else x0 - 34
    c.rectangle(tower - 7, horizon - c.height * .25, tower + 7, horizon + 6, darker(hall, .08))
    c.polygon([(tower - 11, horizon - c.height * .25), (tower + 11, horizon - c.height * .25),
               (tower + 18, horizon - c.height * .31), (tower - 18, horizon - c.height * .31)], (162, 194, 214))
    c.rectangle(tower - 20, horizon - c.height * .33, tower + 20, horizon - c.height * .31, darker(hall, .2), radius=2)
    grass = c.vary((176, 200, 140))
    c.gradient(horizon + 6, c.height, lighter(grass, .1), grass)
    apron = c.vary((176, 178, 186))
    top = horizon + c.height * .09
    c.gradient(top, c.height, lighter(apron, .15), apron)
    c.line([(0, top + c.height * .2), (c.width, top + c.height * .12)], 3, (238, 220, 150), 200)
    c.line([(0, top), (c.width, top)], 2, lighter(apron, .4))
    t = top / c.height
    return {'apron': ground(.02, t + .14, .98, .96, .85), 'sky': air(.12, .15, .88, t - .36)}


def station(c: Canvas) -> Dict[str, Zone]:
    rail = c.height * c.between(.56, .6)
    c.sky(rail)
    c.land(rail - c.height * .14, c.height * .03, .8, c.vary((166, 192, 158)))
    c.hedge(rail - c.height * .08, c.between(.12, .18) * c.height, mix(c.pick(LEAVES), (225, 232, 225), .2))
    c.soften(0, rail - c.height * .06, 1.3)
    gravel = c.vary((212, 196, 172))
    c.gradient(rail - c.height * .12, rail + c.height * .03, gravel, darker(gravel, .08))
    for y in (rail - c.height * .055, rail - c.height * .015):
        c.line([(0, y), (c.width, y)], 2, darker(gravel, .22))
    edge = rail + c.height * .03
    platform = c.vary((212, 204, 194))
    c.gradient(edge, c.height, darker(platform, .05), lighter(platform, .08))
    c.rectangle(0, edge, c.width, edge + 4, darker(platform, .16))
    c.rectangle(0, edge + 13, c.width, edge + 18, (240, 228, 190))
    roof = c.vary(c.pick([(150, 176, 168), (176, 150, 138), (152, 162, 184)]))
    c.rectangle(0, 0, c.width, c.height * .07, roof)
    c.rectangle(0, c.height * .07, c.width, c.height * .085, darker(roof, .22))
    x = c.between(.04, .12) * c.width
    while x < c.width:
        c.rectangle(x - 4, c.height * .085, x + 4, edge + c.height * .08, lighter(roof, .4))
        x += c.width * .44
    e = edge / c.height
    return {'track': ground(.05, e - .06, .95, e - .04, 1), 'platform': ground(.02, e + .2, .98, .97, .9),
            'wall': air(.2, .26, .8, .3)}


def sports_court(c: Canvas) -> Dict[str, Zone]:
    horizon = c.height * c.between(.3, .36)
    c.sky(horizon)
    c.hedge(horizon + 4, c.between(.12, .18) * c.height, mix(c.pick(LEAVES), (225, 232, 225), .2))
    c.soften(0, horizon + 10, 1.3)
    fence = c.vary((132, 166, 146))
    c.rectangle(0, horizon - c.height * .04, c.width, horizon + c.height * .06, fence, 235)
    court = c.vary(c.pick([(206, 142, 110), (122, 176, 148), (128, 164, 200)]))
    c.gradient(horizon + c.height * .06, c.height, lighter(court, .14), court)
    chalk = lighter(court, .45)
    back, w, h = horizon + c.height * .12, c.width, c.height
    c.line([(w * .14, back), (w * .86, back)], 2, chalk)
    c.line([(w * .14, back), (-w * .06, h)], 2.6, chalk)
    c.line([(w * .86, back), (w * 1.06, h)], 2.6, chalk)
    net = back + h * .1
    c.rectangle(w * .03, net - h * .045, w * .97, net + h * .03, mix(court, (245, 245, 245), .3), 150)
    c.rectangle(w * .03, net - h * .055, w * .97, net - h * .044, lighter(court, .55))
    for x in (.03, .97):
        c.rectangle(w * x - 3, net - h * .065, w * x + 3, net + h * .045, darker(court, .2))
    y = net + h * .2
    side = w * .14 - (y - back) / (h - back) * w * .2
    c.line([(side, y), (w - side, y)], 2.2, chalk)
    c.line([(w / 2, net + h * .03), (w / 2, y)], 2.2, chalk)
    n = net / h
    return {'court': ground(.04, n + .22, .96, .96, .88), 'air': air(.12, .16, .88, .36)}
