"""From ink on black to a digit as MNIST has them: its box, size, stroke width and place.

MNIST's digits were scaled into a 20x20 box and centred by their centre of mass in 28x28
(LeCun et al. 1998, section III.A). All their strokes are about equally wide.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import IMAGE_SIZE, Grey
from mnist_core.errors import EmptyDrawingError
from mnist_core.i18n import N_
from mnist_core.pictures.masks import n_pieces
from mnist_core.pictures.paper import nothing_to_read

# The longer side of MNIST's digits, in px (LeCun et al. 1998): 20 in 69,984 of 70,000 images, and
# 19 in the others.
BOX_SIDE: Final = 20
# The width of strokes in that box, in px: of MNIST's 10,000 test images, enlarged tenfold with
# sharp pixels, the median is 2.31 and the mean 2.42.
MEAN_STROKES: Final = 2.3
# 86 of 100 of the same images lie between these, 2 below and 12 above. With half the lower and
# double the upper bound only 3 of all 10,000 would be redrawn.
USUAL_STROKES: Final = (1.4, 3.2)

# Index of the centre of mass on both axes, from 0. Its mean over MNIST is 14.0 with a standard
# deviation of 0.29, as is to be expected where digits are placed by whole pixels.
_CENTRE: Final = 14
# A longer side below both, as a share of the picture's and in px, is a speck: 11 of the 280 px of
# the canvas, half the width of its usual pen. A choice, not a measurement; at double, a digit must
# be as large as that pen is wide, at half a slip of a thin pen is read. In a larger picture, a
# digit of so many px can be read: 10 mm on A4 are 34 of 1,024 px.
_MIN_EXTENT: Final = 0.04
_MIN_SIDE: Final = 12
# Ink that is shorter than this, in thicknesses of its thickest place, is a dot. A disc has 1.0, and
# the most compact of MNIST's 10,000 test digits 1.8. At 3.0, 131 of them would be dots; at 0.75,
# nothing would.
_MIN_LENGTH: Final = 1.5
# Strokes are measured and redrawn in so many times as many pixels: the thinnest usual ones, of
# 1.4 px, then have 7.
_FINE: Final = 5
# In pixels of the finer grid. To thin by less is not worth it: it is 0.06 px of the digit.
_MIN_CHANGE: Final = 0.3


def ink_box(ink: Grey) -> tuple[slice, slice]:
    """Find the bounding box of the ink: its rows and its columns.

    Raises:
        EmptyDrawingError: There is no ink.
    """
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        raise nothing_to_read()
    first, last = (rows[0].item(), columns[0].item()), (rows[-1].item(), columns[-1].item())
    return slice(first[0], last[0] + 1), slice(first[1], last[1] + 1)


def check_is_no_dot(ink: Grey) -> None:
    """Check that the ink, of the whole picture, is large enough and longer than it is thick.

    Raises:
        EmptyDrawingError: It is a speck or a dot, or there is none.
    """
    cropped = ink[ink_box(ink)]
    if max(cropped.shape) < max(3, min(_MIN_SIDE, _MIN_EXTENT * max(ink.shape))) or is_blot(
        cropped
    ):
        raise EmptyDrawingError(N_("that is only a dot: draw a larger digit"))


def is_blot(cropped: Grey) -> bool:
    """Tell whether ink, cut to its box, is hardly longer than it is thick, as no digit is."""
    thickest = 2 * float(_distance_to_edge(cropped).max())
    return bool(max(cropped.shape) < _MIN_LENGTH * thickest)


def scale_to_box(ink: Grey, *, side: int = BOX_SIDE) -> Grey:
    """Scale the longer side to this many pixels, keeping the aspect; the shorter is at least 1."""
    factor = side / max(ink.shape)
    height, width = (max(1, round(length * factor)) for length in ink.shape)
    # Areas are averaged when shrinking; enlarging goes smoothly from pixel to pixel.
    method = cv2.INTER_AREA if factor <= 1 else cv2.INTER_CUBIC
    scaled: Grey = cv2.resize(ink, (width, height), interpolation=method)
    return scaled


def stroke_width(ink: Grey) -> float:
    """Measure the mean width of the strokes, in pixels.

    Four times the mean distance of the ink to its edge: across a stroke of width w that
    distance grows from 0 to w/2 and falls again, so it is w/4 on average.

    Args:
        ink: Bright on black; what has at least half of the strongest level counts as ink.

    Returns:
        The width; 0 where there is no ink.
    """
    distance = _distance_to_edge(ink)
    inside = distance[distance > 0]
    return 4 * float(inside.mean()) if inside.size else 0.0


def stroke_width_in_box(ink: Grey, *, side: int = BOX_SIDE) -> float:
    """Measure the mean width of the strokes, in px, once `scale_to_box` has scaled the ink."""
    return stroke_width(scale_to_box(ink, side=_FINE * side)) / _FINE


def adjust_strokes(ink: Grey, *, side: int = BOX_SIDE) -> Grey:
    """Scale as `scale_to_box` does, and redraw strokes that are unusually thin or thick.

    They get the nearest of the usual widths. Their edge is moved in a finer grid, so nothing
    looks blocky; thinning stops before it tears a stroke apart.
    """
    fine = scale_to_box(ink, side=_FINE * side)
    width = stroke_width(fine)
    thinnest, thickest = USUAL_STROKES
    wanted = min(max(width, _FINE * thinnest), _FINE * thickest)
    if wanted == width or not width:
        return scale_to_box(ink, side=side)
    margin = int(np.ceil(wanted))
    distance = _distance_to_edge(np.pad(fine, margin))
    distance += _possible_change(distance, (wanted - width) / 2)
    # A pixel whose middle lies on the edge is half ink.
    redrawn: Grey = np.rint(np.clip(distance + 0.5, 0, 1) * 255).astype(np.uint8)
    return scale_to_box(redrawn[ink_box(redrawn)], side=side)


def _possible_change(distance: NDArray[np.float32], change: float) -> float:
    """Make a thinning of the strokes weaker until no stroke is torn apart or lost."""
    n_before = n_pieces(distance > 0)
    while change <= -_MIN_CHANGE and n_pieces(distance + change > 0) != n_before:
        change *= 0.7
    return change if change > 0 or change <= -_MIN_CHANGE else 0.0


def _distance_to_edge(ink: Grey) -> NDArray[np.float32]:
    """Return the distance of each pixel's middle to the edge of the ink, negative outside."""
    is_ink = np.pad(ink >= max(1.0, int(ink.max()) / 2), 1).astype(np.uint8)
    inside = cv2.distanceTransform(is_ink, cv2.DIST_L2, cv2.DIST_MASK_5)
    outside = cv2.distanceTransform(1 - is_ink, cv2.DIST_L2, cv2.DIST_MASK_5)
    # OpenCV measures to the middle of the nearest other pixel, half a pixel beyond the edge.
    distance: NDArray[np.float32] = np.where(is_ink, inside - 0.5, 0.5 - outside)
    return distance[1:-1, 1:-1]


def centre(scaled: Grey) -> Grey:
    """Place ink of at most 28x28 px in 28x28, its centre of mass at index 14 where it fits."""
    weights = scaled.astype(np.float64)
    total = weights.sum()
    height, width = scaled.shape
    row = weights.sum(axis=1) @ np.arange(height) / total
    column = weights.sum(axis=0) @ np.arange(width) / total
    return _place(scaled, round(_CENTRE - row), round(_CENTRE - column))


def place_in_middle(scaled: Grey) -> Grey:
    """Place ink of at most 28x28 px so that the middle of its box is the middle of 28x28."""
    height, width = scaled.shape
    return _place(scaled, (IMAGE_SIZE - height) // 2, (IMAGE_SIZE - width) // 2)


def _place(scaled: Grey, top: int, left: int) -> Grey:
    height, width = scaled.shape
    top = int(np.clip(top, 0, IMAGE_SIZE - height))
    left = int(np.clip(left, 0, IMAGE_SIZE - width))
    digit = np.zeros((IMAGE_SIZE, IMAGE_SIZE), dtype=np.uint8)
    digit[top : top + height, left : left + width] = scaled
    return digit
