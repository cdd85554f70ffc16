"""A sheet with several digits: each one found, in reading order, and made a digit of MNIST's kind.

Ink that hangs together is a part; parts of one digit are joined, specks are dropped. What looks
like two digits that touch is said to be unsure.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist_core.arrays import Grey
from mnist_core.errors import EmptyDrawingError, InvalidImageError
from mnist_core.i18n import N_
from mnist_core.pictures.ink import ink_box, is_blot
from mnist_core.pictures.paper import extract_ink, has_dark_ink, nothing_to_read
from mnist_core.pictures.steps import to_digit, to_grey

MAX_PARTS: Final = 500  # pieces of ink; more is no sheet of digits

# All as shares of the usual height of a digit on the sheet.
_MIN_SIDE: Final = 0.2  # a smaller piece of ink is a speck
_MIN_DIGIT: Final = 0.4  # what is smaller when its parts are joined is no digit
_MIN_HEIGHT: Final = 0.5  # of the highest part, to count for the usual height
_SMALL_PART: Final = 0.7  # a lower part may belong to a digit beside it
_NEAR: Final = 0.15
_NEAR_BELOW: Final = 0.35
_MAX_HEIGHT: Final = 1.5  # higher is not one digit
_MAX_WIDTH: Final = 1.15  # wider is not one digit
_SAME_LINE: Final = 0.5  # middles that differ by less stand on one line

_MARGIN: Final = 0.25  # of a digit's longer side; as much paper is left around it
_MIN_OVERLAP: Final = 0.3  # of the narrower of two parts that stand one above the other


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a sheet, in px from its top left corner; bottom and right are outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    def shares(self, height: int, width: int) -> tuple[float, float, float, float]:
        """Return left, top, width and height as shares, 0..1, of a sheet of this size in px."""
        return self.left / width, self.top / height, self.width / width, self.height / height

    def joined(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        return Box(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDigit:
    """One digit of a sheet.

    Attributes:
        box: Where it stands.
        line: Number of its line, from 0 at the top.
        picture: A picture of it alone, cut out where there are several digits.
        digit: What `to_digit` makes of that picture, 28x28, uint8.
        is_unsure: Whether it may be several digits that touch.
    """

    box: Box
    line: int
    picture: Image.Image
    digit: Grey
    is_unsure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was found on a sheet.

    Attributes:
        grey: The sheet, its longer side at most 1,024 px; boxes are in its pixels.
        is_dark_on_bright: Whether its ink is darker than its paper.
        digits: Line by line, from left to right.
    """

    grey: Grey
    is_dark_on_bright: bool
    digits: tuple[SheetDigit, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """Ink of one digit, or of a piece of it: its box and the labels of its components."""

    box: Box
    labels: tuple[int, ...]


def find_digits(
    picture: Image.Image, *, is_dark_on_bright: bool | None = None, is_one: bool = False
) -> Sheet:
    """Find the digits of a picture; a single one is read from the whole picture.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.
        is_one: Whether the picture is known to show one digit only.

    Raises:
        EmptyDrawingError: Nothing, or only a dot, is drawn.
        InvalidImageError: There are far too many pieces of ink.
    """
    if not is_one:
        # Where nothing is found, the whole picture tells better what is missing.
        with contextlib.suppress(EmptyDrawingError):
            sheet = read_sheet(picture, is_dark_on_bright=is_dark_on_bright)
            if len(sheet.digits) > 1:
                return sheet
    steps = to_digit(picture, is_dark_on_bright=is_dark_on_bright)
    rows, columns = ink_box(steps.ink)
    box = Box(rows.start, columns.start, rows.stop, columns.stop)
    digit = SheetDigit(
        box=box,
        line=0,
        picture=picture,
        digit=steps.digit,
        is_unsure=not is_one and _is_unsure(box, box.height),
    )
    return Sheet(
        grey=steps.grey,
        is_dark_on_bright=steps.is_dark_on_bright,
        digits=(digit,),
    )


def read_sheet(picture: Image.Image, *, is_dark_on_bright: bool | None = None) -> Sheet:
    """Find the digits of a sheet.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.

    Raises:
        EmptyDrawingError: Nothing on it is large enough to be a digit.
        InvalidImageError: There are far too many pieces of ink.
    """
    grey = to_grey(picture)
    is_dark = has_dark_ink(grey) if is_dark_on_bright is None else is_dark_on_bright
    ink = extract_ink(255 - grey if is_dark else grey)
    parts, labels = _parts(ink)
    usual_height = _usual_height(parts)
    min_side = max(3.0, _MIN_SIDE * usual_height)
    parts = [part for part in parts if max(part.box.height, part.box.width) >= min_side]
    parts = [
        part
        for part in _join_parts(parts, usual_height)
        if max(part.box.height, part.box.width) >= _MIN_DIGIT * usual_height
        and not is_blot(_ink_of(ink, labels, part))
    ]
    if not parts:
        raise nothing_to_read()
    usual_height = _usual_height(parts)
    digits = []
    for number, line in enumerate(_lines(parts, usual_height)):
        for part in line:
            picture = Image.fromarray(_cut_out(grey, labels, part))
            digits.append(
                SheetDigit(
                    box=part.box,
                    line=number,
                    picture=picture,
                    digit=to_digit(picture, is_dark_on_bright=is_dark).digit,
                    is_unsure=_is_unsure(part.box, usual_height),
                )
            )
    return Sheet(grey=grey, is_dark_on_bright=is_dark, digits=tuple(digits))


def _parts(ink: Grey) -> tuple[list[_Part], NDArray[np.int32]]:
    """Return the components of the ink, and for each pixel the label of its component."""
    n_labels, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8))
    if n_labels - 1 > MAX_PARTS:
        raise InvalidImageError(
            N_("the picture has more than {n_parts} pieces of ink; choose one with fewer digits"),
            n_parts=MAX_PARTS,
        )
    parts = [
        _Part(Box(top, left, top + height, left + width), (label,))
        for label, (left, top, width, height, _) in enumerate(stats[1:].tolist(), start=1)
    ]
    return parts, labels


def _usual_height(parts: Sequence[_Part]) -> float:
    """Return the median height of what is high enough to be a digit."""
    heights = np.array([part.box.height for part in parts])
    return float(np.median(heights[heights >= _MIN_HEIGHT * heights.max()]))


def _join_parts(parts: Sequence[_Part], usual_height: float) -> list[_Part]:
    """Join the parts of one digit, the smallest first, until no two belong together."""
    waiting = sorted(parts, key=lambda part: part.box.height * part.box.width)
    digits: list[_Part] = []
    while waiting:
        part = waiting.pop(0)
        friends = [other for other in waiting if _are_one_digit(part.box, other.box, usual_height)]
        if not friends:
            digits.append(part)
            continue
        nearest = min(friends, key=lambda other: sum(_gaps(part.box, other.box)))
        place = waiting.index(nearest)
        waiting[place] = _Part(part.box.joined(nearest.box), part.labels + nearest.labels)
    return digits


def _are_one_digit(a: Box, b: Box, usual_height: float) -> bool:
    """Tell whether two parts stand one above the other, or a small one close to another."""
    joined = a.joined(b)
    if joined.height > _MAX_HEIGHT * usual_height or joined.width > _MAX_WIDTH * usual_height:
        return False
    gap_x, gap_y = _gaps(a, b)
    if gap_y > _NEAR_BELOW * usual_height:
        return False
    overlap = min(a.right, b.right) - max(a.left, b.left)
    if overlap >= _MIN_OVERLAP * min(a.width, b.width):
        return True
    is_small = min(a.height, b.height) < _SMALL_PART * usual_height
    return is_small and max(gap_x, gap_y) <= _NEAR * usual_height


def _gaps(a: Box, b: Box) -> tuple[int, int]:
    """Return the empty columns and rows between two boxes."""
    return (
        max(0, max(a.left, b.left) - min(a.right, b.right)),
        max(0, max(a.top, b.top) - min(a.bottom, b.bottom)),
    )


def _is_unsure(box: Box, usual_height: float) -> bool:
    return box.width > _MAX_WIDTH * usual_height or box.height > _MAX_HEIGHT * usual_height


def _lines(parts: Sequence[_Part], usual_height: float) -> list[list[_Part]]:
    """Sort into lines, each from left to right; a line may rise or fall slowly."""
    lines: list[list[_Part]] = []
    for part in sorted(parts, key=lambda part: part.box.left):
        distances = [abs(_middle(line[-1]) - _middle(part)) for line in lines]
        if distances and min(distances) <= _SAME_LINE * usual_height:
            lines[distances.index(min(distances))].append(part)
        else:
            lines.append([part])
    return sorted(lines, key=lambda line: np.mean([_middle(part) for part in line]))


def _middle(part: _Part) -> float:
    return (part.box.top + part.box.bottom) / 2


def _ink_of(ink: Grey, labels: NDArray[np.int32], part: _Part) -> Grey:
    """Cut out the ink of a part; what others have in its box is left out."""
    box = part.box
    cut = slice(box.top, box.bottom), slice(box.left, box.right)
    return np.where(np.isin(labels[cut], part.labels), ink[cut], np.uint8(0))


def _cut_out(grey: Grey, labels: NDArray[np.int32], part: _Part) -> Grey:
    """Cut a part out of the sheet, with paper around it; the ink of others becomes paper too."""
    box = part.box
    margin = max(2, round(_MARGIN * max(box.height, box.width)))
    cut = (
        slice(max(0, box.top - margin), box.bottom + margin),
        slice(max(0, box.left - margin), box.right + margin),
    )
    found = labels[cut]
    is_other = (found > 0) & ~np.isin(found, part.labels)
    if not is_other.any():
        return grey[cut]
    paper = grey[cut][found == 0]  # neighbours never touch, so there is some between them
    return np.where(is_other, np.uint8(np.median(paper)), grey[cut])
