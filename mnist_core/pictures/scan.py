"""A picture in grey with its ink found: what the steps to a digit begin with."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from mnist_core.arrays import MAX_PIXEL, Grey
from mnist_core.pictures.circles import find_circles
from mnist_core.pictures.desk import find_dark_sheet, find_sheet, spread_paper
from mnist_core.pictures.grey import enlarge_tiny, to_grey
from mnist_core.pictures.masks import Mask
from mnist_core.pictures.paper import extract_ink, has_dark_ink, sort_ink
from mnist_core.pictures.rules import find_rules
from mnist_core.pictures.surroundings import (
    find_at_rim,
    find_corners,
    find_rings,
    find_rods,
    find_underlines,
)

# What belongs to no digit; each is looked for in what the others leave. The first has no place on
# a canvas.
_FINDERS: Final = (
    find_at_rim,
    find_rules,
    find_rings,
    find_circles,
    find_corners,
    find_rods,
    find_underlines,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A picture in grey, and its ink.

    Attributes:
        grey: uint8, shape (height, width), the longer side at most 1,024 px.
        is_dark_on_bright: Whether the ink is darker than the paper.
        ink: The ink on black, its strongest at 255; dtype and shape as `grey`.
        left_out: What stands out too and belongs to no digit: a desk, rules, frames; as `ink`.
    """

    grey: Grey
    is_dark_on_bright: bool
    ink: Grey
    left_out: Grey

    @property
    def bright(self) -> Grey:
        """The picture with ink brighter than its paper; dtype and shape as `grey`."""
        return MAX_PIXEL - self.grey if self.is_dark_on_bright else self.grey


def scan_picture(
    picture: Image.Image, *, is_dark_on_bright: bool | None = None, is_drawn: bool = False
) -> Scan:
    """Turn a picture into grey and find its ink.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.
        is_drawn: Whether it was drawn on a canvas, which shows no desk and cuts nothing off.

    Raises:
        EmptyDrawingError: Nothing stands out from the paper.
    """
    grey = enlarge_tiny(to_grey(picture))
    sheet = None if is_drawn else _find_sheet(grey, is_dark_on_bright)
    paper = grey if sheet is None else spread_paper(grey, sheet)
    is_dark = has_dark_ink(paper) if is_dark_on_bright is None else is_dark_on_bright
    ink, left_out = sort_ink(MAX_PIXEL - paper if is_dark else paper, _FINDERS[is_drawn:])
    if sheet is not None:
        left_out = np.where(sheet, left_out, MAX_PIXEL)
    return Scan(grey=grey, is_dark_on_bright=is_dark, ink=ink, left_out=left_out)


def _find_sheet(grey: Grey, is_dark_on_bright: bool | None) -> Mask | None:
    sheet = None if is_dark_on_bright is False else find_sheet(grey)
    if sheet is None and is_dark_on_bright is not True:
        sheet = find_dark_sheet(grey)
    return sheet


def scan_piece(grey: Grey, *, is_dark_on_bright: bool, left_out: Grey) -> Scan:
    """Find the ink of a piece of a picture that holds nothing but one digit.

    Args:
        grey: uint8, shape (height, width), the longer side at most 1,024 px.
        is_dark_on_bright: Whether ink is darker than paper.
        left_out: What was left out there already, and painted over in `grey`.

    Raises:
        EmptyDrawingError: Nothing stands out from the paper.
    """
    ink = extract_ink(MAX_PIXEL - grey if is_dark_on_bright else grey)
    return Scan(grey=grey, is_dark_on_bright=is_dark_on_bright, ink=ink, left_out=left_out)
