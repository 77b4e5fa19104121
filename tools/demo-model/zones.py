"""Where in a backdrop objects may stand."""
from typing import NamedTuple, Optional


class Zone(NamedTuple):
    """A part of the picture that objects are put into.

    The edges are shares (0..1) of the picture's width and height.  Objects of a zone with `on_ground` have their
    *foot* in it and get a shadow there; the others (in the sky, on the wall) have their *middle* in it.
    """
    left: float
    top: float
    right: float
    bottom: float
    on_ground: bool = True
    far: float = 1.0  # size at the zone's top edge, relative to the size at its bottom edge
    cut: Optional[float] = None  # what is below this height is hidden: by the counter or table in front


def ground(left: float, top: float, right: float, bottom: float, far: float = .8) -> Zone:
    return Zone(left, top, right, bottom, True, far)


def behind(left: float, right: float, foot: float, edge: float) -> Zone:
    """For people behind a counter or table whose far edge is at `edge`; their feet are at `foot`, out of sight."""
    return Zone(left, foot, right, foot, True, 1.0, edge)


def air(left: float, top: float, right: float, bottom: float) -> Zone:
    return Zone(left, top, right, bottom, False)
