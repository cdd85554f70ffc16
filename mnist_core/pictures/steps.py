"""Any picture -> a 28x28 digit as MNIST has them, step by step; a network knows only such."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from PIL import Image

from mnist_core.arrays import IMAGE_SIZE, Grey
from mnist_core.pictures.files import shrink
from mnist_core.pictures.ink import (
    BOX_SIDE,
    adjust_strokes,
    centre,
    check_is_no_dot,
    ink_box,
    place_in_middle,
    scale_to_box,
    stroke_width_in_box,
)
from mnist_core.pictures.paper import extract_ink, has_dark_ink


class Step(StrEnum):
    """A step from a picture to a digit that can be left out, to see what it is for.

    Attributes:
        INVERT: Ink is made bright on dark; without it, a dark digit on bright stays one.
        BACKGROUND: Paper, shadows, grain and dust become black.
        CROP: The bounding box of the ink is cut out.
        SCALE: Its longer side becomes 20 px; without it, that of the picture becomes 28 px.
        STROKES: Strokes unusually thin or thick get a usual width.
        CENTRE: The centre of mass is placed at index 14; without it, the box in the middle.
    """

    INVERT = "invert"
    BACKGROUND = "background"
    CROP = "crop"
    SCALE = "scale"
    STROKES = "strokes"
    CENTRE = "centre"


ALL_STEPS: Final = frozenset(Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingSteps:
    """What each step made of a picture, uint8; of a step left out, what it was given.

    Attributes:
        grey: The picture in grey, shape (height, width), its longer side at most 1,024 px.
        is_dark_on_bright: Whether its ink is darker than its paper.
        bright: Bright ink on dark, same shape.
        ink: The ink on black, same shape.
        cropped: The ink's bounding box.
        scaled: That box with its longer side at 20 px.
        stroked: The same with strokes of a usual width.
        stroke_width: The width of the strokes in `scaled`, in px.
        digit: The 28x28 image the network receives.
    """

    grey: Grey
    is_dark_on_bright: bool
    bright: Grey
    ink: Grey
    cropped: Grey
    scaled: Grey
    stroked: Grey
    stroke_width: float
    digit: Grey


def to_grey(picture: Image.Image) -> Grey:
    """Turn an 8-bit picture into grey 0..255, its longer side at most 1,024 px.

    What is transparent becomes paper: white under dark ink, black under bright ink.
    """
    picture = shrink(picture)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        ink = np.asarray(rgba.convert("L"))[np.asarray(rgba)[..., 3] > 0]
        is_bright_ink = ink.size > 0 and ink.mean() > 127
        paper = Image.new("RGBA", rgba.size, "black" if is_bright_ink else "white")
        picture = Image.alpha_composite(paper, rgba)
    return np.asarray(picture.convert("L"))


def to_digit(
    picture: Image.Image,
    *,
    is_dark_on_bright: bool | None = None,
    steps: Collection[Step] = ALL_STEPS,
) -> DrawingSteps:
    """Turn a picture of one digit into what a MNIST network expects.

    Args:
        picture: An 8-bit picture of any size.
        is_dark_on_bright: Whether ink is darker than paper; decided from the picture when None.
        steps: The steps to take, always in the order of `Step`.

    Raises:
        EmptyDrawingError: Nothing, or only a dot, is drawn; whichever steps are taken.
    """
    grey = to_grey(picture)
    is_dark = has_dark_ink(grey) if is_dark_on_bright is None else is_dark_on_bright
    bright = 255 - grey if is_dark else grey
    found = extract_ink(bright)
    check_is_no_dot(found)
    ink = found if Step.BACKGROUND in steps else bright
    cropped = ink[ink_box(ink)] if Step.CROP in steps else ink
    side = BOX_SIDE if Step.SCALE in steps else _side_in_frame(cropped, ink)
    scaled = scale_to_box(cropped, side=side)
    stroked = adjust_strokes(cropped, side=side) if Step.STROKES in steps else scaled
    digit = centre(stroked) if Step.CENTRE in steps else place_in_middle(stroked)

    def shown(step_picture: Grey) -> Grey:
        # All steps see bright ink; that a dark digit was not inverted shows in the end.
        return 255 - step_picture if is_dark and Step.INVERT not in steps else step_picture

    return DrawingSteps(
        grey=grey,
        is_dark_on_bright=is_dark,
        bright=shown(bright),
        ink=shown(ink),
        cropped=shown(cropped),
        scaled=shown(scaled),
        stroked=shown(stroked),
        stroke_width=stroke_width_in_box(cropped, side=side),
        digit=shown(digit),
    )


def _side_in_frame(cropped: Grey, ink: Grey) -> int:
    """Return the longer side of the box, in px, when the whole picture is scaled to 28 px."""
    share: float = max(cropped.shape) / max(ink.shape)
    return max(1, round(IMAGE_SIZE * share))


def to_digit_naively(picture: Image.Image) -> Grey:
    """Squeeze the whole picture into 28x28 with no other step, to show what that costs."""
    size = (IMAGE_SIZE, IMAGE_SIZE)
    return np.asarray(Image.fromarray(to_grey(picture)).resize(size, Image.Resampling.BOX))
