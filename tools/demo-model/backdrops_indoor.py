"""Rooms and tables.  Each function paints one onto a Canvas and returns the zones for its objects."""
from typing import Dict

from canvas import Canvas, darker, lighter, mix
from zones import Zone, air, behind, ground

WALLS = [(226, 220, 206), (208, 220, 222), (232, 214, 204), (212, 222, 204), (222, 214, 226), (236, 226, 196)]
WOODS = [(196, 156, 116), (180, 140, 104), (212, 178, 138), (168, 130, 102)]


def _wall(c: Canvas, foot: float) -> None:
    wall = c.vary(c.pick(WALLS))
    c.gradient(0, foot, lighter(wall, .18), wall)
    c.glow(c.between(.1, .9) * c.width, 0, c.width * .6, foot * .9, (255, 252, 238), .6)


def _room(c: Canvas, foot: float) -> None:
    """A wall with a skirting board, and a wooden floor below `foot`."""
    _wall(c, foot)
    c.planks(foot, c.height, c.vary(c.pick(WOODS)), 6)
    c.rectangle(0, foot - 7, c.width, foot + 1, (246, 243, 236))


def _rug(c: Canvas, y: float) -> None:
    colour = c.vary(c.pick([(206, 160, 150), (160, 178, 196), (196, 190, 150), (178, 164, 190)]))
    x, rx, ry = c.width * c.between(.42, .58), c.width * .42, (c.height - y) * .42
    cy = y + (c.height - y) * .55
    c.ellipse(x, cy, rx, ry, darker(colour, .1))
    c.ellipse(x, cy - 1, rx * .96, ry * .92, colour)
    c.ellipse(x, cy - 1, rx * .8, ry * .74, lighter(colour, .14))


def dinner_table(c: Canvas) -> Dict[str, Zone]:
    edge = c.height * c.between(.4, .46)
    wall = c.vary(c.pick([(204, 180, 172), (176, 190, 186), (216, 200, 176), (188, 182, 204)]))
    c.gradient(0, edge, wall, lighter(wall, .14))
    c.glow(c.width * .5, edge * .55, c.width * .55, edge * .9, (255, 240, 208), .8)
    lamp = c.vary((120, 104, 96))
    x = c.width * c.between(.42, .58)
    c.line([(x, 0), (x, edge * .16)], 1.6, lamp)
    c.polygon([(x - 12, edge * .16), (x + 12, edge * .16), (x + 34, edge * .34), (x - 34, edge * .34)], lamp)
    c.ellipse(x, edge * .35, 32, 4, (255, 244, 214))
    for side in (.14, .86):
        if c.maybe(.7):
            c.picture(c.width * side, edge * .42, c.width * .13, edge * .36)
    cloth = c.vary(c.pick([(240, 234, 224), (226, 232, 236), (240, 226, 220)]), 6)
    c.gradient(edge, c.height, lighter(cloth, .2), darker(cloth, .04))
    c.line([(0, edge), (c.width, edge)], 2, darker(cloth, .12))
    runner = c.vary(c.pick([(196, 150, 146), (150, 172, 158), (160, 170, 198), (206, 182, 140)]))
    c.polygon([(c.width * .3, edge + 1), (c.width * .7, edge + 1), (c.width * .84, c.height),
               (c.width * .16, c.height)], mix(runner, cloth, .55))
    e = edge / c.height
    return {'table': ground(.03, e + .2, .97, .96, .86), 'wall': air(.25, .2, .75, .24),
            'behind': behind(.06, .94, e + .15, e)}


def breakfast(c: Canvas) -> Dict[str, Zone]:
    edge = c.height * c.between(.42, .48)
    _wall(c, edge)
    wide = c.between(.36, .5) * c.width
    x = c.between(.08, .92 - wide / c.width) * c.width
    c.window(x, edge * .12, x + wide, edge * .78)
    curtain = c.vary(c.pick([(244, 214, 190), (214, 228, 214), (250, 232, 190), (226, 216, 234)]))
    for left, right in ((x - wide * .16, x + wide * .06), (x + wide * .94, x + wide * 1.16)):
        c.rectangle(left, edge * .06, right, edge * .88, curtain, radius=4)
        for t in (.3, .65):
            fold = left + (right - left) * t
            c.line([(fold, edge * .08), (fold, edge * .87)], 1.2, darker(curtain, .12), 160)
    c.planks(edge, c.height, c.vary(c.pick(WOODS)), 5)
    c.glow(x + wide * .5, edge + (c.height - edge) * .4, c.width * .5, (c.height - edge) * .5, (255, 246, 214), .55)
    for cx in (c.between(.2, .35), c.between(.65, .8)):
        mat = c.vary(c.pick([(236, 226, 206), (206, 222, 226), (240, 212, 196)]))
        cx, top, bottom = cx * c.width, edge + (c.height - edge) * .45, edge + (c.height - edge) * .86
        c.polygon([(cx - 62, top), (cx + 62, top), (cx + 76, bottom), (cx - 76, bottom)], mat, 200)
    e = edge / c.height
    return {'table': ground(.03, e + .2, .97, .96, .88)}


def kitchen(c: Canvas) -> Dict[str, Zone]:
    edge = c.height * c.between(.46, .52)
    tile = c.vary(c.pick([(222, 230, 228), (232, 226, 214), (214, 226, 234), (226, 232, 214)]))
    c.tiles(0, edge, c.height * .1, tile, darker(tile, .14))
    cupboard = c.vary(c.pick([(150, 176, 170), (214, 190, 160), (168, 182, 200), (222, 214, 204)]))
    c.rectangle(0, 0, c.width, c.height * .1, cupboard)
    c.rectangle(0, c.height * .1, c.width, c.height * .112, darker(cupboard, .2))
    x = c.between(.1, .2) * c.width
    while x < c.width:
        c.line([(x, 0), (x, c.height * .1)], 1.5, darker(cupboard, .18))
        c.rectangle(x - 12, c.height * .06, x - 4, c.height * .068, lighter(cupboard, .5), radius=1)
        x += c.width * .25
    shelf = c.height * .3
    left, right = sorted((c.between(.05, .3) * c.width, c.between(.6, .95) * c.width))
    for t in range(5):  # jars and plates on the shelf, pale
        cx = left + (right - left) * (t + .5) / 5
        jar = mix(c.vary((206, 190, 176), 20), tile, .45)
        c.rectangle(cx - 9, shelf - c.between(18, 28), cx + 9, shelf, jar, radius=4)
    c.rectangle(left, shelf, right, shelf + 6, c.vary((206, 178, 146)), radius=2)
    top = c.vary(c.pick([(212, 184, 150), (226, 224, 222), (190, 168, 148)]))
    c.gradient(edge, c.height * .97, lighter(top, .22), top)
    c.rectangle(0, c.height * .965, c.width, c.height, darker(top, .2))
    board = c.vary((226, 198, 158))
    cx, wide = c.between(.35, .65) * c.width, c.width * .27
    upper, lower = edge + (c.height - edge) * .42, edge + (c.height - edge) * .8
    c.polygon([(cx - wide * .9, upper), (cx + wide * .9, upper), (cx + wide, lower), (cx - wide, lower)], board)
    c.rectangle(cx - wide, lower, cx + wide, lower + 5, darker(board, .15))
    e = edge / c.height
    return {'counter': ground(.03, e + .19, .97, .95, .88)}


def snack_stand(c: Canvas) -> Dict[str, Zone]:
    counter = c.height * c.between(.5, .55)
    c.sky(counter, c.pick(['noon', 'soft', 'evening']))
    c.land(counter - c.height * .14, c.height * .03, .8, c.vary((172, 198, 164)))
    inside = c.vary(c.pick([(244, 224, 196), (226, 214, 200), (236, 222, 212)]))
    left, right = c.width * .06, c.width * .94
    c.rectangle(left, c.height * .12, right, counter + 8, inside)
    c.glow(c.width / 2, c.height * .3, c.width * .4, c.height * .25, (255, 250, 226), .8)
    awning = c.vary(c.pick([(226, 146, 134), (142, 184, 196), (232, 182, 126), (156, 190, 150)]))
    stripes, bottom = 12, c.height * .2
    for k in range(stripes):
        a, b = [left - 14 + (right - left + 28) * j / stripes for j in (k, k + 1)]
        upper_a, upper_b = [x + 10 * (1 - 2 * j / stripes) for x, j in ((a, k), (b, k + 1))]
        colour = awning if k % 2 == 0 else mix(awning, (255, 252, 246), .7)
        c.polygon([(upper_a, c.height * .05), (upper_b, c.height * .05), (b, bottom), (a, bottom)], colour)
        c.ellipse((a + b) / 2, bottom, (b - a) / 2, 8, colour)
    for x in (left, right):
        c.rectangle(x - 4, bottom, x + 4, counter, darker(inside, .12))
    front = c.vary(c.pick([(232, 206, 176), (206, 218, 214), (234, 214, 206)]))
    c.gradient(counter, c.height, lighter(front, .25), front)
    c.rectangle(0, counter, c.width, counter + 5, lighter(front, .5))
    lip = counter + (c.height - counter) * .93
    c.rectangle(0, lip, c.width, c.height, darker(front, .18))
    k = counter / c.height
    return {'counter': ground(.04, k + .19, .96, .93, .9), 'behind': behind(.2, .8, k + .15, k + .005)}


def party(c: Canvas) -> Dict[str, Zone]:
    foot, edge = c.height * .6, c.height * c.between(.66, .7)
    wall = c.vary(c.pick([(250, 222, 214), (224, 216, 240), (214, 230, 238), (248, 234, 206)]), 6)
    c.gradient(0, foot, lighter(wall, .2), wall)
    c.planks(foot, c.height, c.vary(c.pick(WOODS)), 5)
    flags = [(236, 150, 150), (246, 206, 130), (150, 196, 170), (150, 180, 222), (204, 164, 214)]
    for start, sag in ((.02, .1), (.5, .08)):
        string = [((start + .49 * t / 9) * c.width, c.height * (.05 + sag * (1 - ((t - 4.5) / 4.5) ** 2)))
                  for t in range(10)]
        c.line(string, 1.2, darker(wall, .15))
        for t, (x, y) in enumerate(string[:-1]):
            c.polygon([(x, y), (x + 18, y + 1), (x + 9, y + 19)], mix(flags[t % 5], wall, .35))
    for _ in range(60):
        c.ellipse(c.between(0, c.width), c.between(0, foot * .9), 1.8, 1.8, mix(c.pick(flags), wall, .4))
    cloth = c.vary(c.pick([(246, 222, 210), (226, 222, 244), (250, 232, 200), (214, 232, 240)]), 5)
    c.gradient(edge, c.height, cloth, darker(cloth, .08))
    scallop = mix(c.pick(flags), cloth, .4)
    c.rectangle(0, edge, c.width, edge + 3, darker(cloth, .1))
    x = 0
    while x < c.width + 20:
        c.ellipse(x, c.height, 17, 13, scallop)
        x += 34
    e = edge / c.height
    return {'table': ground(.03, e + .13, .97, .95, .92), 'behind': behind(.05, .95, e + .1, e)}


def office(c: Canvas) -> Dict[str, Zone]:
    edge = c.height * c.between(.5, .56)
    _wall(c, edge)
    if c.maybe(.65):
        x = c.between(.06, .6) * c.width
        c.window(x, edge * .1, x + c.width * .3, edge * .5)
    else:
        x, y = c.between(.1, .5) * c.width, edge * .3
        cork = c.vary((214, 184, 146))
        c.rectangle(x, y - edge * .2, x + c.width * .32, y + edge * .2, cork, radius=3)
        for _ in range(5):
            nx, ny = x + c.between(.1, .75) * c.width * .32, y + c.between(-.15, .05) * edge
            c.rectangle(nx, ny, nx + 17, ny + 17, mix(c.vary((250, 244, 200), 16), cork, .2))
    if c.maybe(.6):
        side = c.between(.66, .74) * c.width
        c.rectangle(side, edge * .3, side + c.width * .2, edge * .3 + 5, c.vary((206, 180, 150)))
        for t in range(5):
            spine = mix(c.vary(c.pick([(190, 140, 130), (140, 164, 184), (200, 186, 140)])), (230, 224, 216), .5)
            left = side + 6 + 12 * t
            c.rectangle(left, edge * .3 - c.between(26, 38), left + 10, edge * .3, spine, radius=1)
    desk = c.vary(c.pick([(206, 170, 132), (222, 196, 162), (190, 154, 124), (226, 222, 216)]))
    c.gradient(edge, c.height * .95, lighter(desk, .2), desk)
    c.rectangle(0, edge, c.width, edge + 2, lighter(desk, .4))
    c.rectangle(0, c.height * .95, c.width, c.height, darker(desk, .22))
    e = edge / c.height
    return {'back': ground(.04, e + .12, .96, e + .17, 1), 'front': ground(.04, e + .3, .96, .93, .95),
            'wall': air(.3, .18, .8, .22)}


def living_room(c: Canvas) -> Dict[str, Zone]:
    foot = c.height * c.between(.56, .62)
    _room(c, foot)
    if c.maybe(.6):
        x = c.between(.08, .55) * c.width
        c.window(x, foot * .14, x + c.width * .26, foot * .58)
        c.picture(x + c.width * .26 + (c.width - x - c.width * .26) / 2, foot * .36, c.width * .12, foot * .22)
    else:
        for x in (.22, .4, .72):
            if c.maybe(.75):
                c.picture(c.width * x, foot * c.between(.28, .4), c.width * .13, foot * c.between(.2, .28))
    _rug(c, foot)
    f = foot / c.height
    return {'back': ground(.03, f + .06, .97, f + .12, 1), 'rug': ground(.05, f + .24, .95, .96, .95),
            'wall': air(.15, .2, .85, .25)}


def bedroom(c: Canvas) -> Dict[str, Zone]:
    foot = c.height * c.between(.56, .62)
    wall = c.vary(c.pick([(206, 222, 240), (246, 218, 222), (220, 232, 208), (240, 228, 196), (222, 212, 238)]), 6)
    c.gradient(0, foot, lighter(wall, .2), wall)
    for row in range(5):  # dotted wallpaper
        for column in range(12):
            x = (column + (.25 if row % 2 else .75)) * c.width / 12
            c.ellipse(x, (row + .5) * foot / 5, 3, 3, lighter(wall, .5), 200)
    c.planks(foot, c.height, c.vary(c.pick(WOODS)), 6)
    c.rectangle(0, foot - 7, c.width, foot + 1, (250, 247, 240))
    if c.maybe(.6):
        x = c.between(.08, .62) * c.width
        c.window(x, foot * .12, x + c.width * .28, foot * .52)
    else:
        c.picture(c.width * c.between(.2, .8), foot * .32, c.width * .15, foot * .28)
    _rug(c, foot)
    f = foot / c.height
    return {'back': ground(.03, f + .06, .97, f + .13, 1), 'rug': ground(.05, f + .24, .95, .96, .95),
            'wall': air(.15, .2, .85, .25)}


def bathroom(c: Canvas) -> Dict[str, Zone]:
    foot = c.height * c.between(.58, .63)
    tile = c.vary(c.pick([(196, 220, 226), (206, 224, 212), (232, 214, 206), (214, 212, 228)]))
    c.tiles(0, foot, c.height * .115, tile, darker(tile, .12))
    c.rectangle(0, foot * .42, c.width, foot * .47, mix(tile, (120, 160, 180), .35))
    mirror = c.pick([c.between(.15, .3), c.between(.7, .85)]) * c.width
    c.ellipse(mirror, foot * .33, c.width * .1, foot * .26, (246, 244, 238))
    c.ellipse(mirror, foot * .33, c.width * .088, foot * .235, (206, 226, 232))
    c.line([(mirror - c.width * .04, foot * .4), (mirror + c.width * .04, foot * .22)], 3, (236, 246, 248), 200)
    ceramic = c.vary((222, 214, 206))
    c.gradient(foot, c.height, darker(ceramic, .04), lighter(ceramic, .1))
    for t in range(-2, 15):
        near, far = t / 12, .5 + (t / 12 - .5) * .6
        c.line([(c.width * near, c.height), (c.width * far, foot)], 1, darker(ceramic, .12), 130)
    for share in (.12, .34, .68):
        y = foot + (c.height - foot) * share
        c.line([(0, y), (c.width, y)], 1, darker(ceramic, .12), 130)
    c.rectangle(0, foot - 3, c.width, foot + 2, lighter(tile, .6))
    mat = c.vary(c.pick([(178, 200, 212), (226, 190, 184), (190, 208, 180)]))
    c.ellipse(c.width * c.between(.3, .7), foot + (c.height - foot) * .66, c.width * .26, (c.height - foot) * .2, mat)
    f = foot / c.height
    shelf = .34 * f + .2
    left = .04 if mirror > c.width / 2 else .54
    c.rectangle(left * c.width, shelf * c.height, (left + .42) * c.width, (shelf + .015) * c.height, (250, 248, 244),
                radius=2)
    return {'floor': ground(.04, f + .14, .96, .96, .9),
            'shelf': ground(left + .01, shelf + .003, left + .41, shelf + .004, 1)}
