"""Any picture -> a 28x28 digit as MNIST has them, step by step.

MNIST's digits were scaled into a 20x20 box and centred by their centre of mass in 28x28
(LeCun et al. 1998, section III.A); a network knows only such digits.
"""

import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_core.dataset import IMAGE_SIZE
from mnist_core.errors import EmptyDrawingError, InvalidImageError
from mnist_core.text import N_

Grey = NDArray[np.uint8]

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
_MAX_PIXELS: Final = 40_000_000
_MAX_SIDE: Final = 1_024
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "GIF")

_BOX: Final = 20  # longer side of MNIST's digits
_CENTRE: Final = 14  # index of their centre of mass, both axes
_MIN_CONTRAST: Final = 24  # grey levels between ink and paper
_MIN_INK: Final = 0.25  # of the strongest ink; weaker is paper
_MIN_EXTENT: Final = 0.04  # of the picture's longer side; smaller is a speck


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingSteps:
    """What each step made of a picture, bright ink on dark, uint8.

    Attributes:
        grey: The picture in grey, shape (height, width).
        is_inverted: Whether it was dark on bright and had to be turned.
        ink: Bright ink on black, same shape.
        cropped: The ink's bounding box.
        scaled: That box with its longer side at 20 px.
        digit: The 28x28 image the network receives.
    """

    grey: Grey
    is_inverted: bool
    ink: Grey
    cropped: Grey
    scaled: Grey
    digit: Grey


def read_picture(source: Path | bytes) -> Image.Image:
    """Read a picture file (PNG, JPEG, WebP, BMP, GIF), its first frame, upright, 8 bits a channel.

    The longer side of the result is at most 1,024 px.

    Raises:
        InvalidImageError: It cannot be read, or is too large to be safe.
    """
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise InvalidImageError(
            N_("the file cannot be read: {reason}"), reason=error.strerror
        ) from None
    if len(content) > MAX_FILE_BYTES:
        raise InvalidImageError(N_("the picture is larger than 10 MB; choose a smaller one"))
    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height > _MAX_PIXELS:
            raise _too_many_pixels()
        # A digit needs no more, and a JPEG is then decoded at a smaller size.
        picture.thumbnail((_MAX_SIDE, _MAX_SIDE))
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except InvalidImageError:
        raise
    except UnidentifiedImageError:
        raise InvalidImageError(
            N_("this is not a picture that can be read; try PNG or JPEG")
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidImageError(N_("the picture is damaged and cannot be read")) from error
    if picture.mode.startswith("I;16"):
        # Pillow would clip 16 bits to 255 instead of scaling them.
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    return _upright(picture)


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except (struct.error, OSError, SyntaxError, TypeError, ValueError, KeyError, ZeroDivisionError):
        return picture  # the pixels are fine; only the camera's notes are damaged


def _too_many_pixels() -> InvalidImageError:
    return InvalidImageError(
        N_("the picture has more than {n_megapixels} megapixels; choose a smaller one"),
        n_megapixels=_MAX_PIXELS // 1_000_000,
    )


def to_grey(picture: Image.Image) -> Grey:
    """Turn an 8-bit picture into grey 0..255.

    What is transparent becomes paper: white under dark ink, black under bright ink.
    """
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        ink = np.asarray(rgba.convert("L"))[np.asarray(rgba)[..., 3] > 0]
        is_bright_ink = ink.size > 0 and ink.mean() > 127
        paper = Image.new("RGBA", rgba.size, "black" if is_bright_ink else "white")
        picture = Image.alpha_composite(paper, rgba)
    return np.asarray(picture.convert("L"))


def has_dark_ink(grey: Grey) -> bool:
    """Tell whether the picture's rim, mostly paper, is brighter than the middle of its range."""
    return _paper_level(grey) > (int(grey.min()) + int(grey.max())) / 2


def _paper_level(grey: Grey) -> float:
    # Digits rarely touch the rim, so most of it is paper.
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return float(np.median(rim))


def extract_ink(grey: Grey, *, paper: float | None = None) -> Grey:
    """Take the paper away and stretch the ink of a bright-on-dark picture to 0..255.

    Args:
        grey: The picture.
        paper: The level of its paper; that of the rim when None.

    Raises:
        EmptyDrawingError: There is no ink.
    """
    paper = _paper_level(grey) if paper is None else paper
    strongest = float(grey.max()) - paper
    if strongest < _MIN_CONTRAST:
        raise _nothing_to_read()
    ink = np.clip((grey - paper) / strongest, 0.0, 1.0)
    ink[ink < _MIN_INK] = 0.0
    levels: Grey = np.round(ink * 255).astype(np.uint8)
    return levels


def _nothing_to_read() -> EmptyDrawingError:
    return EmptyDrawingError(
        N_("there is nothing to read: it needs a digit that stands out from its background")
    )


def crop_to_ink(ink: Grey) -> Grey:
    """Cut the picture down to the bounding box of its ink.

    Raises:
        EmptyDrawingError: There is no ink, or only a speck.
    """
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        raise _nothing_to_read()
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if max(cropped.shape) < max(3, _MIN_EXTENT * max(ink.shape)):
        raise EmptyDrawingError(N_("that is only a dot: draw a larger digit"))
    return cropped


def scale_to_box(cropped: Grey) -> Grey:
    """Scale the longer side to 20 px, keeping the aspect; the shorter is at least 1 px."""
    height, width = cropped.shape
    factor = _BOX / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = Image.Resampling.BOX if factor <= 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(cropped).resize(size, method))


def centre(scaled: Grey) -> Grey:
    """Place ink of at most 20x20 px in 28x28, its centre of mass at index 14 where it fits."""
    weights = scaled.astype(np.float64)
    total = weights.sum()
    height, width = scaled.shape
    row = weights.sum(axis=1) @ np.arange(height) / total
    column = weights.sum(axis=0) @ np.arange(width) / total
    top = int(np.clip(round(_CENTRE - row), 0, IMAGE_SIZE - height))
    left = int(np.clip(round(_CENTRE - column), 0, IMAGE_SIZE - width))
    digit = np.zeros((IMAGE_SIZE, IMAGE_SIZE), dtype=np.uint8)
    digit[top : top + height, left : left + width] = scaled
    return digit


def to_digit(picture: Image.Image, *, is_dark_on_bright: bool | None = None) -> DrawingSteps:
    """Turn a picture of one digit into what a MNIST network expects.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.

    Raises:
        EmptyDrawingError: Nothing, or only a speck, is drawn.
    """
    grey = to_grey(picture)
    is_inverted = has_dark_ink(grey) if is_dark_on_bright is None else is_dark_on_bright
    bright = 255 - grey if is_inverted else grey
    # Who knows which is the ink may have ink all along the rim: the darkest tenth is paper.
    paper = None if is_dark_on_bright is None else float(np.percentile(bright, 10))
    ink = extract_ink(bright, paper=paper)
    cropped = crop_to_ink(ink)
    scaled = scale_to_box(cropped)
    return DrawingSteps(
        grey=grey,
        is_inverted=is_inverted,
        ink=ink,
        cropped=cropped,
        scaled=scaled,
        digit=centre(scaled),
    )


def to_digit_naively(picture: Image.Image) -> Grey:
    """Squeeze the whole picture into 28x28 with no other step, to show what that costs."""
    size = (IMAGE_SIZE, IMAGE_SIZE)
    return np.asarray(Image.fromarray(to_grey(picture)).resize(size, Image.Resampling.BOX))
