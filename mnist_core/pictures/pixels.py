"""Pixels of one kind and of a bounded number, whatever a picture came with."""

from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist_core.arrays import MAX_PIXEL

# In px: fifty times the 20 px of MNIST's digits, so that a sheet of many fits too.
MAX_SIDE: Final = 1_024

# Floats up to so much are shares of white: MNIST's, standardised, reach 2.8.
_MAX_SHARE: Final = 8

# Rows of the smaller picture that are made at once: 192 rows, or 2.3 MB, of a photo of 4,032 x
# 3,024 px in RGB.
_BAND: Final = 64


def shrink(picture: Image.Image, *, max_side: int = MAX_SIDE) -> Image.Image:
    """Make a picture smaller, if need be, and 8 bits a channel: grey, RGB or RGBA.

    It goes band by band, since every step on a whole photo would need as much memory again.

    Args:
        picture: A picture of any size and mode.
        max_side: What its longer side may be at most, in px.
    """
    factor = max(1, max(picture.size) // max_side)
    levels = _deep_levels(picture)
    bands = [_to_8_bits(band, levels).reduce(factor) for band in _bands(picture, _BAND * factor)]
    if len(bands) == 1:
        (shrunk,) = bands
    else:
        shrunk = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
        for number, band in enumerate(bands):
            shrunk.paste(band, (0, number * _BAND))
    if max(shrunk.size) > max_side:
        shrunk.thumbnail((max_side, max_side))
    return shrunk


def _deep_levels(picture: Image.Image) -> tuple[float, float] | None:
    """Return which level of more than 8 bits becomes 0, and by what the others become 8 bits.

    None where there are no more. It depends on how many bits are used: 12 may come in 16. Floats
    of a few units are shares of white, which smoothing or standardising may have brought over 1.
    Levels that are all below 0 begin at the lowest.
    """
    if not (picture.mode.startswith("I") or picture.mode == "F"):
        return None
    lowest, most = np.inf, -np.inf
    for band in _bands(picture, _BAND):
        levels = np.asarray(band, dtype=np.float32)
        is_number = np.isfinite(levels)
        lowest = min(lowest, float(levels.min(where=is_number, initial=np.inf)))
        most = max(most, float(levels.max(where=is_number, initial=-np.inf)))
    black = lowest if -np.inf < most < 0 else 0.0
    most = max(0.0, most - black)
    if picture.mode == "F" and most <= _MAX_SHARE:
        return black, MAX_PIXEL / max(1, most)
    n_bits = max(int(most), MAX_PIXEL).bit_length()
    return black, MAX_PIXEL / ((1 << n_bits) - 1)


def _bands(picture: Image.Image, height: int) -> Iterator[Image.Image]:
    for top in range(0, picture.height, height):
        yield picture.crop((0, top, picture.width, min(top + height, picture.height)))


def _to_8_bits(picture: Image.Image, deep: tuple[float, float] | None) -> Image.Image:
    if deep is not None:  # Pillow would clip to 255 instead
        black, scale = deep
        levels = (np.asarray(picture, dtype=np.float32) - np.float32(black)) * np.float32(scale)
        clipped = np.nan_to_num(levels).clip(0, MAX_PIXEL)
        return Image.fromarray(np.rint(clipped).astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def rim(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the outermost pixels; digits rarely touch them, so most of them are paper.

    Args:
        pixels: Shape (height, width), or (height, width, channels).

    Returns:
        Shape (2 * (height + width),), or with the channels; those in the corners come twice.
    """
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def averaged_down(levels: NDArray[Any], *, max_side: int) -> NDArray[Any]:
    """Average levels down to this longer side, in px, if they have a longer one.

    Args:
        levels: uint8 or float32, shape (height, width).
        max_side: What the longer side may be at most, in px.

    Returns:
        dtype as `levels`.
    """
    factor = max_side / max(levels.shape)
    if factor >= 1:
        return levels
    height, width = (max(1, round(length * factor)) for length in levels.shape)
    averaged: NDArray[Any] = cv2.resize(levels, (width, height), interpolation=cv2.INTER_AREA)
    return averaged
