"""Blobs: ink that hangs together, and which blobs make up one digit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import Grey
from mnist_core.errors import InvalidImageError
from mnist_core.i18n import N_
from mnist_core.pictures.box import Box
from mnist_core.pictures.ink import is_blot

# Joining compares every two blobs. Ten full lines of 40 digits are 400; a page of print has more.
MAX_BLOBS: Final = 500

# Measured on MNIST's 10,000 test images, enlarged tenfold, ink as strong as a quarter of the
# strongest. Their longer side is 20 px, and that is the usual height. 279 of them fall into
# several blobs, a largest one and 351 pieces.

# All as shares of the usual height of a digit on the sheet.
# A blob with a shorter longer side is a speck. Half of the 351 pieces are shorter than 0.14 and a
# quarter is longer than 0.32: between specks and strokes there is no gap to put a bound into.
_MIN_SIDE: Final = 0.2
# The longer side of a digit, all its blobs joined, is at least this. At 0.2 a dash is a digit, at
# 0.8 a digit that is written a little smaller than the others is lost.
_MIN_DIGIT: Final = 0.4
# So much of the highest blob's height makes a blob count for the usual height: the lowest digit
# of MNIST just does, and a bar does not.
_MIN_HEIGHT: Final = 0.5
# A lower blob may be a piece of the digit beside it: 96 of 100 of the pieces are lower. At 1.4 a
# whole digit is joined to another that stands close.
_SMALL_PIECE: Final = 0.7
# Empty columns or rows between a piece and its digit: in 94 of 100 there are at most so many
# columns. At 0.3 a low digit is joined to its neighbour.
_NEAR: Final = 0.15
# Empty rows between two blobs that stand one above the other: there are at most 0.3 in MNIST. At
# 0.7 a dash is joined to a digit far above it.
_NEAR_BELOW: Final = 0.35
# More is no digit. No digit of MNIST is higher than 1.0, and two lines that touch are 2.0 high.
_MAX_HEIGHT: Final = 1.5
# No digit of MNIST is wider than 1.0, and half are wider than 0.8: two that touch have 1.6.
_MAX_WIDTH: Final = 1.15

# Two blobs stand one above the other where they share so much of the narrower one's columns. The
# hat of a 5 shares all, a digit that leans over its neighbour less than a third. Chosen by the
# sheets of the tests.
_MIN_OVERLAP: Final = 0.3


@dataclass(frozen=True, slots=True)
class Blob:
    """Ink of one digit, or of a piece of it.

    Attributes:
        box: The box around it.
        components: The connected components it is made of, as `FoundBlobs.components` numbers
            them.
    """

    box: Box
    components: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBlobs:
    """The digits that were found in some ink.

    Attributes:
        digits: A blob for each, in no order.
        components: Which connected component each pixel belongs to, from 1, and 0 for paper;
            int32, in the shape of the ink.
    """

    digits: tuple[Blob, ...]
    components: NDArray[np.int32]


def find_blobs(ink: Grey) -> FoundBlobs:
    """Find what is large enough in some ink to be a digit, all blobs of a digit joined.

    Args:
        ink: Bright on black, uint8, shape (height, width), not all black.

    Raises:
        InvalidImageError: There are more than `MAX_BLOBS` blobs.
    """
    blobs, components = _connected(ink)
    height = usual_height(blobs)
    min_side = max(3.0, _MIN_SIDE * height)
    joined = _join([blob for blob in blobs if blob.box.side >= min_side], height)
    digits = [
        blob
        for blob in joined
        if blob.box.side >= _MIN_DIGIT * height and not is_blot(_ink_of(blob, ink, components))
    ]
    return FoundBlobs(digits=tuple(digits), components=components)


def usual_height(blobs: Sequence[Blob]) -> float:
    """Return the median height, in px, of the blobs that are high enough to be digits."""
    heights = np.array([blob.box.height for blob in blobs])
    return float(np.median(heights[heights >= _MIN_HEIGHT * heights.max()]))


def is_too_large(box: Box, height: float) -> bool:
    """Tell whether a box is too wide or too high for one digit.

    Args:
        box: The box around the ink.
        height: The usual height of a digit on the sheet, in px.
    """
    return box.width > _MAX_WIDTH * height or box.height > _MAX_HEIGHT * height


def _connected(ink: Grey) -> tuple[list[Blob], NDArray[np.int32]]:
    """Return a blob for each connected component, and the component of each pixel."""
    n_labels, components, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8))
    if n_labels - 1 > MAX_BLOBS:
        raise InvalidImageError(
            N_("the picture has more than {n_parts} pieces of ink; choose one with fewer digits"),
            n_parts=MAX_BLOBS,
        )
    blobs = [
        Blob(Box.of_size(*place), (number,))
        for number, (*place, _area) in enumerate(stats[1:].tolist(), start=1)
    ]
    return blobs, components


def _join(blobs: Sequence[Blob], height: float) -> list[Blob]:
    """Join the blobs of one digit, the smallest first, until no two belong together."""
    waiting = sorted(blobs, key=lambda blob: blob.box.height * blob.box.width)
    digits: list[Blob] = []
    while waiting:
        blob = waiting.pop(0)
        friends = [other for other in waiting if _are_one_digit(blob.box, other.box, height)]
        if not friends:
            digits.append(blob)
            continue
        nearest = min(friends, key=lambda other: sum(blob.box.gaps(other.box)))
        place = waiting.index(nearest)
        waiting[place] = Blob(blob.box.joined(nearest.box), blob.components + nearest.components)
    return digits


def _are_one_digit(a: Box, b: Box, height: float) -> bool:
    """Tell whether two blobs stand one above the other, or a small one close to another."""
    if is_too_large(a.joined(b), height):
        return False
    gap_x, gap_y = a.gaps(b)
    if gap_y > _NEAR_BELOW * height:
        return False
    overlap = min(a.right, b.right) - max(a.left, b.left)
    if overlap >= _MIN_OVERLAP * min(a.width, b.width):
        return True
    is_small = min(a.height, b.height) < _SMALL_PIECE * height
    return is_small and max(gap_x, gap_y) <= _NEAR * height


def _ink_of(blob: Blob, ink: Grey, components: NDArray[np.int32]) -> Grey:
    """Cut out the ink of a blob, without that of others in its box."""
    cut = blob.box.slices
    return np.where(np.isin(components[cut], blob.components), ink[cut], np.uint8(0))
