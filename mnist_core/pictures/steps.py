"""Any picture to a 28x28 digit like those of MNIST, step by step; a network knows no others."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from PIL import Image

from mnist_core.arrays import IMAGE_SIZE, MAX_PIXEL, Grey
from mnist_core.pictures.grey import to_grey
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
from mnist_core.pictures.scan import Scan, scan_picture


class Step(StrEnum):
    """A step from a picture to a digit that can be left out, to see what it is for.

    Attributes:
        INVERT: Ink is made bright on dark; without it, a dark digit on bright stays one.
        BACKGROUND: Paper, shadows, grain and dust become black.
        ALONE: What belongs to no digit is left out: a desk, rules, frames, a line beneath.
        CROP: The bounding box of the ink is cut out.
        SCALE: Its longer side becomes 20 px; without it, that of the picture becomes 28 px.
        STROKES: Strokes unusually thin or thick get a usual width.
        CENTRE: The centre of mass is placed at index 14; without it, the box in the middle.
    """

    INVERT = "invert"
    BACKGROUND = "background"
    ALONE = "alone"
    CROP = "crop"
    SCALE = "scale"
    STROKES = "strokes"
    CENTRE = "centre"


ALL_STEPS: Final = frozenset(Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingSteps:
    """What each step made of a picture, uint8; of a step left out, what it was given.

    Attributes:
        scan: The picture in grey and its ink.
        taken: The steps that were taken.
        cropped: The box around the ink.
        scaled: That box with its longer side at 20 px.
        stroked: The same with strokes of a usual width.
        stroke_width: The width of the strokes in `scaled`, in px.
        digit: What the network receives, shape (28, 28).
    """

    scan: Scan
    taken: Collection[Step]
    cropped: Grey
    scaled: Grey
    stroked: Grey
    stroke_width: float
    digit: Grey

    # Made when they are looked at: of a photo, each is as large as all that is kept.
    @property
    def bright(self) -> Grey:
        """Bright ink on dark, in the shape of the picture."""
        return _shown(self.scan.bright, self.scan, self.taken)

    @property
    def ink(self) -> Grey:
        """All ink on black, in the shape of the picture."""
        return _shown(_ink(self.scan, self.taken), self.scan, self.taken)

    @property
    def alone(self) -> Grey:
        """The ink without what belongs to no digit, in the shape of the picture."""
        return _shown(_alone(self.scan, self.taken), self.scan, self.taken)


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
    return take_steps(scan_picture(picture, is_dark_on_bright=is_dark_on_bright), steps)


def take_steps(scan: Scan, steps: Collection[Step] = ALL_STEPS) -> DrawingSteps:
    """Turn a scan of one digit into what a MNIST network expects.

    Args:
        scan: The picture in grey and its ink.
        steps: The steps to take, always in the order of `Step`.

    Raises:
        EmptyDrawingError: Only a dot is drawn; whichever steps are taken.
    """
    check_is_no_dot(scan.ink)
    ink = _alone(scan, steps)
    cropped = ink[ink_box(ink)] if Step.CROP in steps else ink
    side = BOX_SIDE if Step.SCALE in steps else _side_in_frame(cropped, ink)
    scaled = scale_to_box(cropped, side=side)
    stroked = adjust_strokes(cropped, side=side) if Step.STROKES in steps else scaled
    digit = centre(stroked) if Step.CENTRE in steps else place_in_middle(stroked)
    return DrawingSteps(
        scan=scan,
        taken=steps,
        cropped=_shown(cropped, scan, steps),
        scaled=_shown(scaled, scan, steps),
        stroked=_shown(stroked, scan, steps),
        stroke_width=stroke_width_in_box(cropped, side=side),
        digit=_shown(digit, scan, steps),
    )


def _ink(scan: Scan, steps: Collection[Step]) -> Grey:
    if Step.BACKGROUND not in steps:
        return scan.bright
    return np.maximum(scan.ink, scan.left_out) if scan.left_out.any() else scan.ink


def _alone(scan: Scan, steps: Collection[Step]) -> Grey:
    if Step.ALONE not in steps or not scan.left_out.any():
        return _ink(scan, steps)
    if Step.BACKGROUND in steps:
        return scan.ink
    is_left_out = (scan.left_out > 0) & (scan.ink == 0)
    paper = np.median(scan.bright[~is_left_out])
    return np.where(is_left_out, np.uint8(paper), scan.bright)


def _shown(picture: Grey, scan: Scan, steps: Collection[Step]) -> Grey:
    """Return a picture as it is shown: dark ink that was not inverted stays dark to the end."""
    is_negative = scan.is_dark_on_bright and Step.INVERT not in steps
    return MAX_PIXEL - picture if is_negative else picture


def _side_in_frame(cropped: Grey, ink: Grey) -> int:
    """Return the longer side of the box, in px, when the whole picture is scaled to 28 px."""
    share: float = max(cropped.shape) / max(ink.shape)
    return max(1, round(IMAGE_SIZE * share))


def squeeze(grey: Grey) -> Grey:
    """Squeeze a whole picture into 28x28 with no other step, to show what that costs."""
    size = (IMAGE_SIZE, IMAGE_SIZE)
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))


def to_digit_naively(picture: Image.Image) -> Grey:
    """Turn a picture into grey and `squeeze` it: uint8, shape (28, 28)."""
    return squeeze(to_grey(picture))
