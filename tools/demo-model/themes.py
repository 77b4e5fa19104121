"""The themes of the gallery: which place, and which objects keep company there."""
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import backdrops_indoor as indoor
import backdrops_outdoor as outdoor
from canvas import Canvas
from zones import Zone

# The longer side of each object over the short side of the detector's input (256 px).
SIZES: Dict[str, float] = {
    'person': .42, 'bicycle': .35, 'car': .38, 'motorcycle': .36, 'airplane': .42, 'bus': .44, 'train': .5,
    'truck': .44, 'boat': .4, 'traffic light': .34, 'stop sign': .27, 'bird': .28, 'cat': .3, 'dog': .32,
    'horse': .42, 'sheep': .34, 'cow': .4, 'elephant': .44, 'bear': .36, 'zebra': .4, 'giraffe': .54,
    'backpack': .3, 'umbrella': .38, 'handbag': .25, 'tie': .3, 'suitcase': .34, 'frisbee': .28, 'skis': .34,
    'snowboard': .4, 'sports ball': .27, 'kite': .34, 'baseball bat': .34, 'skateboard': .32, 'surfboard': .4,
    'tennis racket': .36, 'bottle': .36, 'wine glass': .34, 'cup': .3, 'fork': .32, 'knife': .34, 'spoon': .31,
    'bowl': .32, 'banana': .3, 'apple': .28, 'sandwich': .32, 'orange': .28, 'broccoli': .3, 'carrot': .3,
    'hot dog': .32, 'pizza': .32, 'donut': .3, 'cake': .34, 'chair': .38, 'couch': .48, 'potted plant': .38,
    'bed': .48, 'toilet': .42, 'tv': .38, 'laptop': .36, 'mouse': .26, 'keyboard': .36, 'cell phone': .28,
    'book': .29, 'clock': .28, 'vase': .34, 'scissors': .28, 'teddy bear': .34, 'toothbrush': .32,
}

# Emoji that look wrong in a mirror (dials, keyboards), or that are cut off at one side and must stand at that edge.
UPRIGHT = {'1F684', '2328', '23F0', '1F570', '1F552', '1F4F1', '1F6A6', '1F6A5', '1F6D1', '1F4D6', '1F5A5'}

# The running person is often missed in front of anything busy, so it runs only over lawns and concrete.
STROLLER = ['1F9CD', '1F9CD', '1F6B6']
RUNNER = ['1F9CD', '1F6B6', '1F3C3']
DANCER = ['1F483', '1F57A', '1F9CD']


class Part(NamedTuple):
    """One kind of object that may appear in a theme."""
    label: str
    zone: str
    chance: float  # of each of the `most` possible ones
    most: int = 1
    size: float = 1.0  # over the usual size in SIZES
    glyphs: Optional[List[str]] = None  # default: all of the class
    prop: Optional[str] = None  # see props.py
    tilt: float = 0  # at most so many degrees to either side
    soft_edges: bool = False
    at_right_edge: bool = False  # for an emoji that is cut off at its right side


class Theme(NamedTuple):
    name: str
    slug: str  # begins the file names
    backdrop: Callable[[Canvas], Dict[str, Zone]]
    parts: Tuple[Part, ...]


P = Part

THEMES: List[Theme] = [
    Theme('surf beach', 'beach', outdoor.surf_beach, (
        P('surfboard', 'water', .75, 2, prop='spray', soft_edges=True),
        P('boat', 'horizon', .3, glyphs=['26F5', '1F6A4'], size=.75, prop='wake'),
        P('person', 'sand', .4, 2, glyphs=STROLLER),
        P('umbrella', 'low sand', .35, size=.75, glyphs=['26F1']),
        P('bird', 'sky', .2, glyphs=['1F426', '1F985']),
        P('sports ball', 'sand', .25, glyphs=['1F3D0', '26BD']),
        P('dog', 'sand', .2, glyphs=['1F415']),
    )),
    Theme('harbour', 'harbour', outdoor.harbour, (
        P('boat', 'water', .75, 3, prop='wake'),
        P('bird', 'quay', .3, glyphs=['1F986', '1F426']),
        P('bird', 'sky', .25, glyphs=['1F985']),
        P('person', 'quay', .45, 2, glyphs=STROLLER),
        P('suitcase', 'quay', .25),
    )),
    Theme('city street', 'street', outdoor.city_street, (
        P('car', 'road', .7, 2, glyphs=['1F697', '1F699', '1F695']),
        P('bus', 'road', .4, glyphs=['1F68C']),
        P('motorcycle', 'road', .3),
        P('bicycle', 'road', .3),
        P('person', 'pavement', .5, 2, glyphs=STROLLER),
        P('handbag', 'pavement', .2, glyphs=['1F45C']),
        P('dog', 'pavement', .2, glyphs=['1F415', '1F429']),
        P('umbrella', 'pavement', .15, glyphs=['2602']),
    )),
    Theme('road junction', 'junction', outdoor.road_junction, (
        P('traffic light', 'verge_left', .6, glyphs=['1F6A6'], prop='pole'),
        P('stop sign', 'verge_right', .5, prop='pole'),
        P('car', 'crossroad', .5, glyphs=['1F697', '1F699', '1F695']),
        P('car', 'road', .5, glyphs=['1F698']),
        P('truck', 'crossroad', .55, glyphs=['1F69B', '1F6FB']),
        P('bus', 'road', .35, glyphs=['1F68D']),
        P('motorcycle', 'road', .2),
    )),
    Theme('farm', 'farm', outdoor.farm, (
        P('cow', 'meadow', .5, 2, glyphs=['1F404']),
        P('sheep', 'meadow', .45, 3),
        P('horse', 'meadow', .45, glyphs=['1F40E']),
        P('dog', 'meadow', .25, glyphs=['1F415']),
        P('person', 'meadow', .25, glyphs=STROLLER),
        P('truck', 'meadow', .15, glyphs=['1F6FB']),
        P('bird', 'meadow', .2, glyphs=['1F986']),
    )),
    Theme('savanna', 'savanna', outdoor.savanna, (
        P('elephant', 'plain', .45, 2),
        P('giraffe', 'plain', .45, 2),
        P('zebra', 'plain', .4, 2, prop='dry grass'),
        P('bird', 'sky', .25, glyphs=['1F985']),
    )),
    Theme('forest clearing', 'forest', outdoor.forest, (
        P('bear', 'clearing', .6, 2, prop='green grass'),
        P('bird', 'clearing', .35, glyphs=['1F989', '1F426']),
        P('bird', 'sky', .3, glyphs=['1F985']),
        P('person', 'clearing', .35, glyphs=STROLLER),
        P('backpack', 'clearing', .35),
        P('dog', 'clearing', .15, glyphs=['1F415']),
    )),
    Theme('ski slope', 'ski', outdoor.ski_slope, (
        P('skis', 'slope', .65, soft_edges=True),
        P('snowboard', 'slope', .55, 2, soft_edges=True),
        P('person', 'slope', .4, glyphs=STROLLER),
        P('backpack', 'slope', .3),
        P('dog', 'slope', .12, glyphs=['1F415']),
    )),
    Theme('park', 'park', outdoor.park, (
        P('dog', 'lawn', .55, 2, glyphs=['1F415', '1F429']),
        P('frisbee', 'sky', .45, tilt=10),
        P('kite', 'sky', .45, tilt=12),
        P('person', 'lawn', .5, 2, glyphs=RUNNER),
        P('bicycle', 'lawn', .25),
        P('sports ball', 'lawn', .25, glyphs=['26BD']),
        P('bird', 'lawn', .2, glyphs=['1F986', '1F426']),
    )),
    Theme('picnic', 'picnic', outdoor.picnic, (
        P('sandwich', 'blanket', .5),
        P('apple', 'blanket', .35),
        P('banana', 'blanket', .35),
        P('orange', 'blanket', .25),
        P('cake', 'blanket', .3, glyphs=['1F370']),
        P('wine glass', 'blanket', .35, glyphs=['1F377']),
        P('bottle', 'blanket', .2, glyphs=['1F37E']),
        P('umbrella', 'lawn', .25, glyphs=['26F1', '2602']),
        P('dog', 'lawn', .3, glyphs=['1F415']),
        P('person', 'lawn', .25, glyphs=['1F9CD']),
    )),
    Theme('skate park', 'skate', outdoor.skate_park, (
        P('skateboard', 'floor', .6, 2),
        P('person', 'floor', .55, 2, glyphs=RUNNER),
        P('bicycle', 'floor', .3),
        P('backpack', 'floor', .35),
        P('sports ball', 'floor', .2, glyphs=['1F3C0']),
        P('cup', 'floor', .15, glyphs=['1F964']),
    )),
    Theme('airport', 'airport', outdoor.airport, (
        P('airplane', 'sky', .6, glyphs=['2708', '1F6E9']),
        P('airplane', 'apron', .4, glyphs=['1F6EB']),
        P('truck', 'apron', .4, glyphs=['1F69B', '1F6FB']),
        P('bus', 'apron', .35, glyphs=['1F68C']),
        P('suitcase', 'apron', .45, 2),
        P('person', 'apron', .4, glyphs=STROLLER),
    )),
    Theme('railway station', 'station', outdoor.station, (
        P('train', 'track', .5, glyphs=['1F682', '1F686']),
        P('train', 'track', .45, glyphs=['1F684'], at_right_edge=True),
        P('suitcase', 'platform', .45, 2),
        P('person', 'platform', .5, 2, glyphs=STROLLER),
        P('backpack', 'platform', .3),
        P('handbag', 'platform', .25, glyphs=['1F45C']),
        P('clock', 'wall', .2, glyphs=['1F552']),
    )),
    Theme('sports court', 'court', outdoor.sports_court, (
        P('tennis racket', 'court', .6),
        P('sports ball', 'court', .5, glyphs=['26BE', '1F3C0', '1F3D0']),
        P('person', 'court', .6, 2, glyphs=STROLLER),
        P('baseball bat', 'court', .3),
        P('backpack', 'court', .25),
        P('bird', 'air', .15, glyphs=['1F426']),
    )),
    Theme('dinner table', 'dinner', indoor.dinner_table, (
        P('wine glass', 'table', .45, 2),
        P('fork', 'table', .5),
        P('spoon', 'table', .35),
        P('knife', 'table', .25),
        P('pizza', 'table', .35),
        P('bowl', 'table', .4, glyphs=['1F957']),
        P('bottle', 'table', .3, glyphs=['1F37E']),
        P('cake', 'table', .2, glyphs=['1F370']),
        P('vase', 'table', .2),
        P('person', 'behind', .2, 2, glyphs=['1F9CD'], size=1.1),
    )),
    Theme('breakfast', 'breakfast', indoor.breakfast, (
        P('cup', 'table', .6, glyphs=['2615', '1F375']),
        P('bowl', 'table', .4, glyphs=['1F963']),
        P('spoon', 'table', .4),
        P('banana', 'table', .4),
        P('orange', 'table', .4),
        P('apple', 'table', .2),
        P('donut', 'table', .3),
        P('sandwich', 'table', .3),
        P('cell phone', 'table', .15),
    )),
    Theme('kitchen counter', 'kitchen', indoor.kitchen, (
        P('carrot', 'counter', .45),
        P('broccoli', 'counter', .45),
        P('apple', 'counter', .35),
        P('orange', 'counter', .3),
        P('banana', 'counter', .3),
        P('knife', 'counter', .4),
        P('bowl', 'counter', .4),
        P('bottle', 'counter', .15, glyphs=['1F37E']),
        P('potted plant', 'counter', .15, size=.9),
    )),
    Theme('snack stand', 'snacks', indoor.snack_stand, (
        P('hot dog', 'counter', .55),
        P('pizza', 'counter', .5),
        P('donut', 'counter', .45),
        P('sandwich', 'counter', .3),
        P('cup', 'counter', .45, glyphs=['1F964']),
        P('person', 'behind', .4, glyphs=['1F9CD'], size=1.1),
    )),
    Theme('party', 'party', indoor.party, (
        P('cake', 'table', .75),
        P('wine glass', 'table', .4, 2, glyphs=['1F378', '1F377']),
        P('donut', 'table', .35),
        P('person', 'behind', .5, 2, glyphs=DANCER, size=1.25),
        P('teddy bear', 'table', .15),
    )),
    Theme('office desk', 'office', indoor.office, (
        P('laptop', 'back', .5),
        P('tv', 'back', .35, glyphs=['1F5A5']),
        P('keyboard', 'front', .4),
        P('mouse', 'front', .4),
        P('cup', 'front', .4, glyphs=['2615', '1F375']),
        P('cell phone', 'front', .35),
        P('book', 'front', .35),
        P('potted plant', 'back', .3),
        P('clock', 'wall', .2, glyphs=['1F552']),
        P('scissors', 'front', .2),
    )),
    Theme('living room', 'living', indoor.living_room, (
        P('couch', 'back', .65),
        P('tv', 'back', .4, glyphs=['1F4FA']),
        P('potted plant', 'back', .4),
        P('chair', 'back', .3),
        P('cat', 'rug', .4, glyphs=['1F408']),
        P('dog', 'rug', .3, glyphs=['1F415']),
        P('book', 'rug', .25),
        P('clock', 'wall', .2, glyphs=['1F552', '1F570']),
        P('vase', 'back', .2),
        P('person', 'rug', .2, glyphs=['1F9CD']),
    )),
    Theme("children's bedroom", 'bedroom', indoor.bedroom, (
        P('bed', 'back', .75),
        P('teddy bear', 'rug', .6),
        P('book', 'rug', .35),
        P('clock', 'rug', .25, glyphs=['23F0']),
        P('backpack', 'rug', .3),
        P('cat', 'rug', .25, glyphs=['1F408']),
        P('sports ball', 'rug', .25, glyphs=['26BD', '1F3C0']),
        P('chair', 'back', .2),
    )),
    Theme('bathroom', 'bathroom', indoor.bathroom, (
        P('toilet', 'floor', .75),
        P('toothbrush', 'shelf', .6, size=.8),
        P('bottle', 'shelf', .55, size=.8, glyphs=['1F9F4']),
        P('scissors', 'shelf', .2, size=.9),
        P('potted plant', 'floor', .35, size=.9),
        P('cat', 'floor', .3, glyphs=['1F408']),
    )),
]
