"""What stands around a digit and belongs to none: a desk, a bar, a ring, a rod, a line beneath.

Everything here is left out only where other ink is left: a digit that fills its picture touches
the rim too, and a 0 is a ring.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.pictures.box import Box
from mnist_core.pictures.masks import Mask, longer_sides, outlines, widened, within

# Of a side of the picture: what touches more of it is a desk or a bar. The hat of a 5 that is cut
# out tightly touches less.
_MAX_CONTACT: Final = 0.9
# The least, where it is thick too.
_MIN_CONTACT: Final = 0.2
# So many times as thick as the other ink, and it was not written with the same pen.
_THICK: Final = 2.0
# In heights of the highest digit that is left: what is not higher is a digit in part, or a whole
# one that is cut off. The body of a 5 whose hat stands apart is higher than the hat.
_AS_HIGH: Final = 1.2
# What is left must be so long, as a share of the picture's longer side. A digit 10 mm high on A4
# has 0.034; the pieces that grain leaves beside a digit that touches the rim are shorter.
_MIN_LEFT: Final = 0.02
# Of a ring's height: ink inside that is higher makes it a ring around a digit.
_MIN_INSIDE: Final = 0.3
# The highest pieces of ink that may be rings: a picture has one, a sheet one for each digit.
_MAX_RINGS: Final = 60
# Of the directions around a digit, a ring stands in so many; drawn by hand it may be open.
_N_DIRECTIONS: Final = 36
_MIN_AROUND: Final = 0.85
# Of the picture's longer side: what lies so near to a ring everywhere is a part of it.
_BESIDE: Final = 0.05
# Of the height of the highest piece: dashes and dots of a ring are shorter, and lie so near to each
# other, as a share of their usual length.
_MAX_DASH: Final = 0.25
_DASHES_APART: Final = 2.0
# Of the height of the highest piece: the marks at the corners of a print are shorter. So many times
# as long as the shortest of them is the longest.
_MAX_CORNER: Final = 0.4
_ALIKE: Final = 2.0
# A rod, such as a pen: its length in thicknesses, and in longer sides of what it lies beside; more
# where that is slender too, as the half of a broken 1. The stem of a 1 is as long as its neighbours
# are high. How high that is, in lengths of the rod, and how far from it, in heights of its own.
_MIN_ROD: Final = 8.0
_LONGER: Final = 1.6
_STOUT: Final = 3.0
_FAR_LONGER: Final = 2.5
_MIN_BESIDE: Final = 0.2
_APART: Final = 0.25
_MAX_RODS: Final = 2  # more are a row of 1s
# Of a line beneath: its length in heights, its distance in heights of the digit above it, and its
# length in widths of that digit.
_MIN_FLATNESS: Final = 5.0
_MAX_GAP: Final = 0.6
_MIN_SPAN: Final = 0.7
# So much of the digit's columns must stand above the line.
_MIN_ABOVE: Final = 0.6


def find_at_rim(is_ink: Mask) -> Mask:
    """Find what the rim of the picture cuts off: a desk, a title bar, a digit beside it.

    Args:
        is_ink: Shape (height, width).
    """
    n_labels, labels, stats, _ = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    contact = np.zeros(n_labels)
    for rim in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        np.maximum(contact, np.bincount(rim, minlength=n_labels) / rim.size, out=contact)
    contact[0] = 0
    is_inside = (contact == 0) & (longer_sides(stats) >= _MIN_LEFT * max(is_ink.shape))
    is_inside[0] = False
    if not is_inside.any() or not contact.any():
        return np.zeros_like(is_ink)
    heights = stats[:, cv2.CC_STAT_HEIGHT]
    is_small = heights <= _AS_HIGH * heights[is_inside].max()
    thickness = np.zeros(n_labels, np.float32)
    distance = cv2.distanceTransform(
        np.pad(is_ink, 1, mode="edge").astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3
    )[1:-1, 1:-1]
    np.maximum.at(thickness, labels[is_ink], distance[is_ink])
    is_thick = thickness > _THICK * thickness[is_inside].max()
    is_other = (contact >= _MAX_CONTACT) | ((contact >= _MIN_CONTACT) & is_thick)
    is_other |= (contact > 0) & is_small
    found: Mask = is_other[labels]
    return found


def find_rings(is_ink: Mask) -> Mask:
    """Find boxes and circles with a digit in them that they do not touch; drawn by hand, even open.

    Args:
        is_ink: Shape (height, width).
    """
    dashes = _ring_of_dashes(is_ink)
    if dashes.any():
        return dashes
    n_labels, labels, stats, centres = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    left, top, width, height = stats[:, :4].T
    found = np.zeros(n_labels, bool)
    for ring in np.argsort(-height[1:])[:_MAX_RINGS] + 1:
        is_inside = (
            (height >= _MIN_INSIDE * height[ring])
            & (left > left[ring])
            & (top > top[ring])
            & (left + width < left[ring] + width[ring])
            & (top + height < top[ring] + height[ring])
        )
        rows, columns = Box.of_size(*stats[ring, :4].tolist()).slices
        found[ring] = any(
            _is_around(labels[rows, columns] == ring, centre - (columns.start, rows.start))
            for centre in centres[is_inside]
        )
    if not found.any():
        return np.zeros_like(is_ink)
    # What a hand drew twice lies beside its ring.
    beside = round(_BESIDE * max(is_ink.shape) / 2)
    return within(is_ink, widened(found[labels], beside))


def _ring_of_dashes(is_ink: Mask) -> Mask:
    """Find the dashes or dots of a box or a circle around the highest piece of ink."""
    _, labels, stats, centres = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    highest = 1 + int(stats[1:, cv2.CC_STAT_HEIGHT].argmax())
    sides = longer_sides(stats)
    is_dash = sides <= _MAX_DASH * stats[highest, cv2.CC_STAT_HEIGHT]
    if not is_dash.any():
        return np.zeros_like(is_ink)
    dashes = is_dash[labels]
    reach = max(1, round(_DASHES_APART * float(np.median(sides[is_dash])) / 2))
    _, joined, rings, _ = cv2.connectedComponentsWithStats(widened(dashes, reach).astype(np.uint8))
    rows, columns = Box.of_size(*stats[highest, :4].tolist()).slices
    corner, size = rings[:, :2], rings[:, 2:4]
    holds_centre = ((corner <= centres[highest]) & (centres[highest] < corner + size)).all(axis=1)
    holds_centre[0] = False  # all that is no dash
    for ring in np.flatnonzero(holds_centre):
        around = joined == ring
        if _is_around(around, centres[highest]) and not around[rows, columns].any():
            found: Mask = dashes & around
            return found
    return np.zeros_like(is_ink)


def _is_around(is_ring: Mask, centre: NDArray[np.float64]) -> bool:
    """Tell whether ink stands in nearly all directions of a point (column, row)."""
    rows, columns = np.nonzero(is_ring)
    angles = np.arctan2(rows - centre[1], columns - centre[0])
    directions = np.unique((angles * (_N_DIRECTIONS / (2 * np.pi))).astype(int))
    return bool(directions.size >= _MIN_AROUND * _N_DIRECTIONS)


def find_corners(is_ink: Mask) -> Mask:
    """Find marks at all four corners of what is around a digit, as a printer or a camera sets them.

    Args:
        is_ink: Shape (height, width).
    """
    _, labels, stats, centres = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    highest = 1 + int(stats[1:, cv2.CC_STAT_HEIGHT].argmax())
    box = Box.of_size(*stats[highest, :4].tolist())
    sides = longer_sides(stats)
    x, y = centres.T
    is_left, is_right = x < box.left, x >= box.right
    is_above, is_below = y < box.top, y >= box.bottom
    is_mark = (is_left | is_right) & (is_above | is_below) & (sides <= _MAX_CORNER * box.height)
    corners = [
        is_mark & down & across for down in (is_above, is_below) for across in (is_left, is_right)
    ]
    found = np.zeros_like(is_ink)
    if (
        all(corner.any() for corner in corners)
        and sides[is_mark].max() <= _ALIKE * sides[is_mark].min()
    ):
        found = is_mark[labels]
    return found


def find_rods(is_ink: Mask) -> Mask:
    """Find what is slender and far longer than all else and lies apart from it: a pen, a margin.

    Args:
        is_ink: Shape (height, width).
    """
    contours = outlines(is_ink)
    boxes = [Box.of_size(*cv2.boundingRect(contour)) for contour in contours]
    heights = np.array([box.height for box in boxes])
    thickness, lengths = np.sort([cv2.minAreaRect(contour)[1] for contour in contours]).T
    is_stout = lengths < _STOUT * thickness
    rods = []
    for number in np.flatnonzero(lengths >= _MIN_ROD * thickness).tolist():
        is_shorter = _LONGER * lengths <= lengths[number]
        if not is_shorter.any():
            continue
        largest = int(np.where(is_shorter, heights, 0).argmax())
        if (
            lengths[number] >= (_LONGER if is_stout[largest] else _FAR_LONGER) * lengths[largest]
            and heights[largest] >= _MIN_BESIDE * lengths[number]
            and max(boxes[number].gaps(boxes[largest])) >= _APART * heights[largest]
        ):
            rods.append(contours[number])
    found = np.zeros(is_ink.shape, np.uint8)
    if len(rods) <= _MAX_RODS:
        cv2.drawContours(found, rods, -1, 1, cv2.FILLED)
    return found > 0


def find_underlines(is_ink: Mask) -> Mask:
    """Find level strokes beneath a digit, or above it, that do not touch it.

    Args:
        is_ink: Shape (height, width).
    """
    n_labels, labels, stats, _ = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    is_flat = stats[:, cv2.CC_STAT_WIDTH] >= _MIN_FLATNESS * stats[:, cv2.CC_STAT_HEIGHT]
    is_flat[0] = False
    boxes = [Box.of_size(*place) for *place, _area in stats.tolist()]
    others = [box for box, is_bar in zip(boxes[1:], is_flat[1:], strict=True) if not is_bar]
    is_line = np.zeros(n_labels, bool)
    for number in np.flatnonzero(is_flat).tolist():
        line = boxes[number]
        is_line[number] = _stands_beneath(line, others) or _stands_above(line, others)
    found: Mask = is_line[labels]
    return found


def _stands_beneath(line: Box, boxes: Sequence[Box]) -> bool:
    return any(
        box.height >= _MIN_FLATNESS / 2 * line.height
        and box.bottom <= line.bottom
        and line.top - box.bottom <= _MAX_GAP * box.height
        and line.width >= _MIN_SPAN * box.width
        and min(line.right, box.right) - max(line.left, box.left) >= _MIN_ABOVE * box.width
        for box in boxes
    )


def _stands_above(line: Box, boxes: Sequence[Box]) -> bool:
    """Tell whether a line reaches over a digit on both sides, which the hat of a 5 does not."""
    return any(
        box.height >= _MIN_FLATNESS * line.height
        and line.top <= box.top
        and box.top - line.bottom <= _MAX_GAP * box.height
        and line.left < box.left
        and line.right > box.right
        for box in boxes
    )
