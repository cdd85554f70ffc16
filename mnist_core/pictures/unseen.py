"""Ways to write digits that MNIST has none of: a network has never seen one and must guess."""

from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from mnist_core.arrays import MAX_PIXEL, Grey
from mnist_core.pictures.ink import ink_box
from mnist_core.pictures.masks import Mask

# Of its hull, what a ring fills: an 8 has a waist.
_MIN_SOLID: Final = 0.95
# Of the ring, each of the two holes that a slash makes of its one.
_MIN_HOLE: Final = 0.06
# Of the digit's height: where the upstroke of a 1 leaves the stem, at most, where it ends, and how
# far it leads away, at least. A flag is shorter.
_MAX_PEAK: Final = 0.3
_MIN_UPSTROKE: Final = 0.35
_MAX_UPSTROKE: Final = 0.8
_MIN_AWAY: Final = 0.15
# Of its height: how wide it is at most where there is one stroke.
_MAX_WIDTH: Final = 0.35
# Of its height: how much the stem may lean.
_MAX_LEAN: Final = 0.35
_FINE: Final = 8  # times as many pixels: holes and gaps of half a pixel are seen


class Unseen(StrEnum):
    """A way to write a digit that MNIST has none of.

    Attributes:
        SLASHED_0: A 0 with a slash through it.
        LONG_1: A 1 with an upstroke as long as half the stem, as it is taught in German schools.
    """

    SLASHED_0 = "slashed-0"
    LONG_1 = "long-1"


def unseen_kind(digit: Grey) -> Unseen | None:
    """Tell whether a digit is written in a way that MNIST has none of.

    Args:
        digit: As a network receives it, uint8, shape (28, 28).
    """
    side = _FINE * digit.shape[0]
    fine = cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC)
    is_ink = fine > MAX_PIXEL // 2
    if not is_ink.any():
        return None
    cropped = is_ink[ink_box(is_ink)]
    if _is_slashed_ring(cropped):
        return Unseen.SLASHED_0
    if _has_long_upstroke(cropped):
        return Unseen.LONG_1
    return None


def _is_slashed_ring(is_ink: Mask) -> bool:
    contours, tree = cv2.findContours(
        np.pad(is_ink, 1).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    outer = [contour for contour, (*_, above) in zip(contours, tree[0], strict=True) if above < 0]
    whole = max(outer, key=cv2.contourArea)
    area = cv2.contourArea(whole)
    holes = [
        contour
        for contour, (*_, above) in zip(contours, tree[0], strict=True)
        if above >= 0 and cv2.contourArea(contour) >= _MIN_HOLE * area
    ]
    return len(holes) == 2 and area >= _MIN_SOLID * cv2.contourArea(cv2.convexHull(whole))


def _has_long_upstroke(is_ink: Mask) -> bool:
    """Follow two strokes down from where they meet at the top to where the left one ends."""
    height = is_ink.shape[0]
    edges = np.diff(np.pad(is_ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    runs = [np.flatnonzero(row).reshape(-1, 2) for row in edges]  # start and stop of each
    forked = np.flatnonzero([len(row) == 2 for row in runs])
    if not forked.size or any(len(row) not in (1, 2) for row in runs):
        return False
    first, last = int(forked[0]), int(forked[-1])
    single = [row for row in runs if len(row) == 1]
    widest = max((row[0, 1] - row[0, 0] for row in single), default=0)
    stem = [row[-1].mean() for row in runs[first:]]
    away = runs[first][0, 0] - runs[last][0, 0]
    return bool(
        forked.size == last - first + 1  # they part once
        and first <= _MAX_PEAK * height
        and _MIN_UPSTROKE * height <= last <= _MAX_UPSTROKE * height
        and away >= _MIN_AWAY * height
        and widest <= _MAX_WIDTH * height  # neither the bar of a 7 nor that of a 4
        and max(stem) - min(stem) <= _MAX_LEAN * height
    )
