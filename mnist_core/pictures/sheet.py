"""A sheet with one digit or several: each made a digit of MNIST's kind, in reading order.

What looks like two digits that touch, or as MNIST has none, is said to be unsure.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist_core.arrays import Grey
from mnist_core.errors import EmptyDrawingError
from mnist_core.pictures.blobs import Blob, find_blobs, is_too_large, usual_height
from mnist_core.pictures.box import Box
from mnist_core.pictures.ink import ink_box
from mnist_core.pictures.lines import sort_into_lines
from mnist_core.pictures.masks import widened
from mnist_core.pictures.paper import nothing_to_read
from mnist_core.pictures.scan import Scan, scan_picture, scan_piece
from mnist_core.pictures.steps import DrawingSteps, take_steps
from mnist_core.pictures.unseen import Unseen, unseen_kind

# Of a digit's longer side; as much paper is left around it. MNIST leaves 4 px around 20, which is
# 0.2; a little more gives the steps more paper to measure.
_MARGIN: Final = 0.25
_FADED: Final = 0.2  # of its contrast with the paper
# Of the longer side of a digit: the pieces of one are nearer to each other.
_FAR: Final = 0.5
_SOFT_EDGE: Final = 2  # px of the edge of what is left out


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDigit:
    """One digit of a sheet.

    Attributes:
        box: Where it stands.
        line: Number of its line, from 0 at the top.
        steps: All steps to it, from a picture of it alone, cut out where there are several.
        is_too_large: Whether it may be several digits that touch.
        unseen: How it is written, where MNIST has none of the kind.
    """

    box: Box
    line: int
    steps: DrawingSteps
    is_too_large: bool
    unseen: Unseen | None

    @property
    def is_unsure(self) -> bool:
        """Whether its reading is a guess."""
        return self.is_too_large or self.unseen is not None

    @property
    def digit(self) -> Grey:
        """The digit as a network receives it, uint8, shape (28, 28)."""
        return self.steps.digit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was found on a sheet.

    Attributes:
        grey: The sheet, its longer side at most 1,024 px; boxes are in its pixels.
        is_dark_on_bright: Whether its ink is darker than its paper.
        left_out: What stands out too and belongs to no digit; dtype and shape as `grey`.
        digits: Line by line, from left to right; at least one.
    """

    grey: Grey
    is_dark_on_bright: bool
    left_out: Grey
    digits: tuple[SheetDigit, ...]

    @property
    def has_more(self) -> bool:
        """Whether it shows what belongs to no digit."""
        return bool(self.left_out.any())

    @property
    def faded(self) -> Grey:
        """The sheet with all that was left out hardly to be seen; dtype and shape as `grey`."""
        is_left_out = self.left_out > 0
        paper = float(np.median(self.grey[~is_left_out]))
        faded = paper + _FADED * (self.grey - paper)
        return np.where(is_left_out, np.rint(faded).astype(np.uint8), self.grey)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """Where the digits of a sheet stand.

    Attributes:
        lines: A blob for each digit, line by line, from left to right.
        components: As in `FoundBlobs`.
        height: The usual height of a digit, in px.
    """

    lines: Sequence[Sequence[Blob]]
    components: NDArray[np.int32]
    height: float


def find_digits(
    picture: Image.Image,
    *,
    is_dark_on_bright: bool | None = None,
    is_one: bool = False,
    is_drawn: bool = False,
) -> Sheet:
    """Find the digits of a picture; a single one is read with all ink that is near it.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.
        is_one: Whether the picture is known to show one digit only.
        is_drawn: Whether it was drawn on a canvas, which shows no desk and cuts nothing off.

    Raises:
        EmptyDrawingError: Nothing, or only a dot, is drawn.
        InvalidImageError: There are far too many pieces of ink.
    """
    scan = scan_picture(picture, is_dark_on_bright=is_dark_on_bright, is_drawn=is_drawn)
    if not is_one:
        # Where one of several cannot be read, the whole picture tells better what is missing.
        with contextlib.suppress(EmptyDrawingError):
            writing = _find_writing(scan)
            digits = [blob for line in writing.lines for blob in line]
            if len(digits) > 1:
                return _read_writing(scan, writing)
            scan = _without_what_is_far(scan, digits[0].box)
    return _read_whole(scan, is_one=is_one)


def read_sheet(picture: Image.Image, *, is_dark_on_bright: bool | None = None) -> Sheet:
    """Find the digits of a sheet, and read each from what is cut out, even a single one.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.

    Raises:
        EmptyDrawingError: Nothing on it is large enough to be a digit.
        InvalidImageError: There are far too many pieces of ink.
    """
    scan = scan_picture(picture, is_dark_on_bright=is_dark_on_bright)
    return _read_writing(scan, _find_writing(scan))


def _find_writing(scan: Scan) -> _Writing:
    found = find_blobs(scan.ink)
    if not found.digits:
        raise nothing_to_read()
    height = usual_height(found.digits)
    lines = sort_into_lines(found.digits, height)
    return _Writing(lines=lines, components=found.components, height=height)


def _without_what_is_far(scan: Scan, box: Box) -> Scan:
    """Leave out ink that is too far from a digit to be of it, such as punched holes."""
    far = round(_FAR * box.side)
    others = scan.ink.copy()
    others[max(0, box.top - far) : box.bottom + far, max(0, box.left - far) : box.right + far] = 0
    is_far = others > 0
    return replace(
        scan,
        ink=np.where(is_far, np.uint8(0), scan.ink),
        left_out=np.maximum(scan.left_out, others),
    )


def _read_writing(scan: Scan, writing: _Writing) -> Sheet:
    digits = [
        _sheet_digit(
            blob.box,
            take_steps(_cut_out(scan, writing.components, blob)),
            line=number,
            is_too_large=is_too_large(blob.box, writing.height),
        )
        for number, line in enumerate(writing.lines)
        for blob in line
    ]
    return _sheet(scan, digits)


def _sheet_digit(box: Box, steps: DrawingSteps, *, line: int, is_too_large: bool) -> SheetDigit:
    return SheetDigit(
        box=box,
        line=line,
        steps=steps,
        is_too_large=is_too_large,
        unseen=unseen_kind(steps.digit),
    )


def _cut_out(scan: Scan, components: NDArray[np.int32], blob: Blob) -> Scan:
    """Cut a digit out, with paper around it; the ink of others becomes paper too.

    Its ink is looked for anew: in so small a piece, the paper is more even.
    """
    box = blob.box
    margin = max(2, round(_MARGIN * box.side))
    cut = (
        slice(max(0, box.top - margin), box.bottom + margin),
        slice(max(0, box.left - margin), box.right + margin),
    )
    grey, found = scan.grey[cut], components[cut]
    left_out = np.where(found == 0, scan.left_out[cut], np.uint8(0))
    is_other = (found > 0) & ~np.isin(found, blob.components)
    is_other |= left_out > 0
    if is_other.any():
        is_other = widened(is_other, _SOFT_EDGE) & ~np.isin(found, blob.components)
        paper = grey[(found == 0) & ~is_other]
        level = np.median(paper) if paper.size else scan.grey[scan.ink == 0].mean()
        grey = np.where(is_other, np.uint8(level), grey)
    return scan_piece(grey, is_dark_on_bright=scan.is_dark_on_bright, left_out=left_out)


def _read_whole(scan: Scan, *, is_one: bool) -> Sheet:
    """Read the whole picture as one digit."""
    steps = take_steps(scan)
    rows, columns = ink_box(scan.ink)
    box = Box(rows.start, columns.start, rows.stop, columns.stop)
    digit = _sheet_digit(
        box, steps, line=0, is_too_large=not is_one and is_too_large(box, box.height)
    )
    return _sheet(scan, [digit])


def _sheet(scan: Scan, digits: Sequence[SheetDigit]) -> Sheet:
    return Sheet(
        grey=scan.grey,
        is_dark_on_bright=scan.is_dark_on_bright,
        left_out=scan.left_out,
        digits=tuple(digits),
    )
