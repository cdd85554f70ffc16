"""Filled shapes with a digit cut out of them, as a road sign; and digits drawn as an outline.

A thick 0 is a filled shape with a hole too. What tells a panel is that its hole has the shape of a
digit: it is not convex, as those of 0, 4, 6, 8 and 9 are, but bends, or holds an island, or is as
slender as a 1.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.pictures.box import Box
from mnist_core.pictures.masks import Mask, outlines

# Of the picture's longer side: a smaller shape is a digit.
_MIN_SIZE: Final = 0.1
# Of its convex hull, what a shape fills; and so much of the shape is no hole.
_MIN_SOLID: Final = 0.97
_MIN_FILLED: Final = 0.7
# Of the height of the shape: a hole that may be a digit. Smaller ones are specks.
_MIN_HOLE: Final = 0.25
# Of its convex hull: a hole that fills less of it bends, whatever is around it, or perhaps.
_BENT: Final = 0.5
_MAX_CONVEX: Final = 0.8
# Of the height of a hole: so high are its islands together. That of a 0 has 0.6 and more, the dot
# in a dotted 0 less than 0.4.
_MIN_ISLANDS: Final = 0.45
# Length to width of the hole that a 1 is, and width to length of the shape around it: a 0 with so
# slender a hole is slender itself.
_MIN_SLENDER: Final = 3.5
_MIN_ROUND: Final = 0.9
# How much farther from the edge of the shape the farthest tenth of a hole's outline lies than the
# nearest: around a 0, ink is about as thick everywhere.
_MIN_UNEVEN: Final = 1.42

# Of the height of a digit drawn as an outline, and of its ink, what the inside has at least; how
# much thicker the outline is in one place than in another.
_MIN_INSIDE: Final = 0.5
_MIN_SHARE: Final = 0.3
_MAX_THICKER: Final = 2.0
# The loop of a digit is rounder than the inside of its strokes, which bends, or is as slender as a
# 1; an 8, whose two islands are so high, has at least a waist.
_MAX_LOOP: Final = 0.75
_MIN_STEM: Final = 4.0
_MIN_COUNTER: Final = 0.2
_MAX_WAIST: Final = 0.92
_MAX_ISLANDS: Final = 2
_MAX_HOLES: Final = 6  # ink made of dots, as a fax has, is full of them


def find_panels(is_ink: Mask) -> Mask:
    """Find filled shapes that a digit is cut out of.

    Args:
        is_ink: Shape (height, width).

    Returns:
        The shapes with all that is in them, in the shape of `is_ink`.
    """
    found = np.zeros_like(is_ink)
    for contour in outlines(is_ink):
        box = Box.of_size(*cv2.boundingRect(contour))
        if box.side < _MIN_SIZE * max(is_ink.shape) or not is_smooth(contour):
            continue
        shape = _filled(contour, box)
        if shows_digit(shape, shape & ~is_ink[box.slices]):
            found[box.slices] |= shape
    return found


def find_hollow(is_ink: Mask) -> Mask:
    """Find the inside of digits that only an outline is drawn of.

    Args:
        is_ink: Shape (height, width).

    Returns:
        What is to be filled, in the shape of `is_ink`.
    """
    found = np.zeros_like(is_ink)
    for contour in outlines(is_ink):
        box = Box.of_size(*cv2.boundingRect(contour))
        if box.side < _MIN_SIZE * max(is_ink.shape):
            continue
        shape = _filled(contour, box)
        holes = shape & ~is_ink[box.slices]
        n_pieces, pieces = cv2.connectedComponents(holes.astype(np.uint8))
        if n_pieces > _MAX_HOLES:
            continue
        depth = _distance_inside(shape)
        for hole in outlines(holes):
            inside = pieces == pieces[hole[0, 0, 1], hole[0, 0, 0]]
            is_large = inside.sum() >= _MIN_SHARE * is_ink[box.slices][shape].sum()
            if is_large and _is_outlined(hole, holes, _along(hole, depth)):
                found[box.slices] |= inside
    return found


def _is_outlined(hole: NDArray[np.int32], holes: Mask, thickness: NDArray[np.float32]) -> bool:
    """Tell whether a hole is a stroke with an even line around it."""
    nearest, farthest = np.quantile(thickness, (0.1, 0.9))
    if cv2.boundingRect(hole)[3] < _MIN_INSIDE * len(holes) or farthest > _MAX_THICKER * nearest:
        return False
    n_islands, islands = _islands(hole, holes)
    if n_islands > _MAX_ISLANDS or (n_islands and islands < _MIN_COUNTER):
        return False
    bends = _convexity(hole) < (_MAX_WAIST if n_islands else _MAX_LOOP)
    return bends or _slenderness(hole) >= _MIN_STEM


def is_smooth(outline: NDArray[np.int32]) -> bool:
    """Tell whether a shape is nowhere hollow, as a disc, an oval, a triangle or a sheet."""
    return _convexity(outline) >= _MIN_SOLID


def shows_digit(shape: Mask, holes: Mask) -> bool:
    """Tell whether a filled shape has a hole that looks like a digit.

    Args:
        shape: A shape in one piece, its holes filled; shape (height, width).
        holes: Its holes, in the shape of `shape`.
    """
    if not shape.any() or holes.sum() > (1 - _MIN_FILLED) * shape.sum():
        return False
    outline = max(outlines(shape), key=len)
    least = _MIN_HOLE * cv2.boundingRect(outline)[3]
    depth = _distance_inside(shape)
    for hole in outlines(holes):
        box = Box.of_size(*cv2.boundingRect(hole))
        if box.height < least:
            continue
        nearest, farthest = np.quantile(_along(hole, depth), (0.1, 0.9))
        convex = _convexity(hole)
        is_uneven = farthest >= _MIN_UNEVEN * nearest
        may_be_1 = convex < _MAX_CONVEX or _is_1(hole, outline)
        _, islands = _islands(hole, holes)
        if convex < _BENT or (is_uneven and may_be_1) or islands >= _MIN_ISLANDS:
            return True
    return False


def _islands(hole: NDArray[np.int32], holes: Mask) -> tuple[int, float]:
    """Return how many islands a hole has, and how high they are together in heights of it."""
    box = Box.of_size(*cv2.boundingRect(hole))
    islands = _filled(hole, box) & ~holes[box.slices]
    stats = cv2.connectedComponentsWithStats(islands.astype(np.uint8))[2][1:]
    return len(stats), float(stats[:, cv2.CC_STAT_HEIGHT].sum()) / box.height


def _is_1(hole: NDArray[np.int32], outline: NDArray[np.int32]) -> bool:
    """Tell whether a hole is slender, and the shape around it is not, seen the same way."""
    middle, (width, height), degrees = cv2.minAreaRect(hole)
    turned = cv2.transform(outline, cv2.getRotationMatrix2D(middle, degrees, 1))
    across, along = np.ptp(turned[:, 0], axis=0)
    if width > height:
        across, along = along, across
    return bool(_slenderness(hole) >= _MIN_SLENDER and across >= _MIN_ROUND * along)


def _filled(contour: NDArray[np.int32], box: Box) -> Mask:
    """Return all that an outline is around, cut to its box."""
    shape = np.zeros((box.height, box.width), np.uint8)
    cv2.drawContours(shape, [contour], 0, 1, cv2.FILLED, offset=(-box.left, -box.top))
    return shape > 0


def _distance_inside(mask: Mask) -> NDArray[np.float32]:
    """Return how far each pixel of a mask is from what is outside, in px; 0 there."""
    padded = np.pad(mask, 1).astype(np.uint8)
    distance: NDArray[np.float32] = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_3)
    return distance[1:-1, 1:-1]


def _along(outline: NDArray[np.int32], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the values at the pixels of an outline."""
    along: NDArray[np.float32] = values[outline[:, 0, 1], outline[:, 0, 0]]
    return along


def _convexity(outline: NDArray[np.int32]) -> float:
    """Return what share of its convex hull an outline fills."""
    hull = float(cv2.contourArea(cv2.convexHull(outline)))
    return float(cv2.contourArea(outline)) / max(1.0, hull)


def _slenderness(outline: NDArray[np.int32]) -> float:
    """Return how many times as long as wide an outline is."""
    shorter, longer = sorted(cv2.minAreaRect(outline)[1])
    return float(longer / max(1.0, shorter))
