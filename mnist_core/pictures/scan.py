"""A picture in grey with its ink found: what the steps to a digit begin with."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from mnist_core.arrays import MAX_PIXEL, Grey
from mnist_core.pictures.paper import extract_ink, has_dark_ink
from mnist_core.pictures.pixels import shrink


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A picture in grey, and its ink.

    Attributes:
        grey: uint8, shape (height, width), the longer side at most 1,024 px.
        is_dark_on_bright: Whether the ink is darker than the paper.
        ink: The ink on black, its strongest at 255; dtype and shape as `grey`.
    """

    grey: Grey
    is_dark_on_bright: bool
    ink: Grey

    @property
    def bright(self) -> Grey:
        """The picture with ink brighter than its paper; dtype and shape as `grey`."""
        return MAX_PIXEL - self.grey if self.is_dark_on_bright else self.grey


def scan_picture(picture: Image.Image, *, is_dark_on_bright: bool | None = None) -> Scan:
    """Turn a picture into grey and find its ink.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.

    Raises:
        EmptyDrawingError: Nothing stands out from the paper.
    """
    grey = to_grey(picture)
    is_dark = has_dark_ink(grey) if is_dark_on_bright is None else is_dark_on_bright
    return scan_grey(grey, is_dark_on_bright=is_dark)


def scan_grey(grey: Grey, *, is_dark_on_bright: bool) -> Scan:
    """Find the ink of a picture that is grey already, its longer side at most 1,024 px.

    Raises:
        EmptyDrawingError: Nothing stands out from the paper.
    """
    ink = extract_ink(MAX_PIXEL - grey if is_dark_on_bright else grey)
    return Scan(grey=grey, is_dark_on_bright=is_dark_on_bright, ink=ink)


def to_grey(picture: Image.Image) -> Grey:
    """Turn an 8-bit picture into grey 0..255, its longer side at most 1,024 px.

    Transparent pixels become paper: white under dark ink, black under bright ink.

    Returns:
        uint8, shape (height, width).
    """
    picture = shrink(picture)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        ink = np.asarray(rgba.convert("L"))[np.asarray(rgba)[..., 3] > 0]
        is_bright_ink = ink.size > 0 and ink.mean() > 127
        paper = Image.new("RGBA", rgba.size, "black" if is_bright_ink else "white")
        picture = Image.alpha_composite(paper, rgba)
    return np.asarray(picture.convert("L"))
