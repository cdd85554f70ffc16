"""Any picture in grey, so that ink and paper differ whatever their colours, on whatever paper."""

from typing import Final

import cv2
import numpy as np
from PIL import Image

from mnist_core.arrays import MAX_PIXEL, Grey
from mnist_core.pictures.pixels import rim, shrink

# Alpha, of 255: less shows what lies beneath. A window's shadow has at most half.
_OPAQUE: Final = 128
# Grey levels: colours nearer than this are one.
_ALIKE: Final = 32
# A picture has paper of its own where at least so much of what is opaque looks like its border,
# and so much looks quite different.
_MIN_PAPER: Final = 0.6
_MIN_INK: Final = 0.002
# In grey levels: where ink differs less from its paper, their colours tell more, if they differ by
# at least so much, and so many times as much.
_WEAK: Final = 60
_MIN_COLOUR: Final = 48
_MORE: Final = 2.0
# In px: a smaller picture is enlarged, with paper around it.
_TINY: Final = 24
_ENLARGED: Final = 8
_PAPER_AROUND: Final = 0.25


def to_grey(picture: Image.Image) -> Grey:
    """Turn a picture into grey 0..255, its longer side at most 1,024 px.

    Transparent pixels become paper. Colours that are equally bright are told apart by what they
    differ in.

    Returns:
        uint8, shape (height, width).
    """
    picture = shrink(picture)
    if picture.has_transparency_data:
        picture = _on_paper(picture.convert("RGBA"))
    return np.asarray(picture) if picture.mode == "L" else _from_colours(picture.convert("RGB"))


def _on_paper(picture: Image.Image) -> Image.Image:
    """Lay a picture on paper, of its own kind where it has some: a card with round corners."""
    alpha = np.asarray(picture.getchannel("A"))
    if not alpha.any():
        return picture.convert("RGB")  # a channel that nobody filled
    opaque = (alpha >= min(_OPAQUE, int(alpha.max()))).astype(np.uint8)
    inner = cv2.erode(opaque, np.ones((3, 3), np.uint8), borderValue=1)
    levels = np.asarray(picture.convert("L"))
    border = float(np.median(levels[(opaque > inner) if (opaque > inner).any() else opaque > 0]))
    distance = np.abs(levels[opaque > 0] - border)
    has_paper = (
        np.mean(distance <= _ALIKE) >= _MIN_PAPER and np.mean(distance > 2 * _ALIKE) >= _MIN_INK
    )
    is_white = (border > MAX_PIXEL / 2) == has_paper
    paper = Image.new("RGBA", picture.size, "white" if is_white else "black")
    return Image.alpha_composite(paper, picture).convert("RGB")


def _from_colours(picture: Image.Image) -> Grey:
    """Turn colours into grey by how bright they are, or by what sets ink and paper apart."""
    grey = np.asarray(picture.convert("L"))
    if np.abs(grey - np.median(rim(grey))).max() >= _WEAK:
        return grey
    colours = cv2.blur(np.asarray(picture), (3, 3)).astype(np.float32)
    paper = np.median(rim(colours), axis=0)
    difference = colours - paper
    contrast = np.abs(difference).max(axis=2)
    weights = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow's "L"
    seen = float(np.abs(difference @ weights).max())
    strongest = float(contrast.max())
    if strongest < max(_MIN_COLOUR, _MORE * seen):
        return grey
    direction = difference[contrast > strongest / 2].mean(axis=0)
    length = float(np.linalg.norm(direction))
    if length < _MIN_COLOUR / 2:
        return grey
    exact = np.asarray(picture).astype(np.float32) - paper
    share = np.clip(exact @ (direction / length**2), 0, 1)
    ink: Grey = np.rint(share * MAX_PIXEL).astype(np.uint8)
    return ink if direction @ weights > 0 else MAX_PIXEL - ink


def enlarge_tiny(grey: Grey) -> Grey:
    """Enlarge a picture of a few pixels smoothly, with paper around what may fill them all."""
    if max(grey.shape) >= _TINY:
        return grey
    low, high = int(grey.min()), int(grey.max())
    paper = high if rim(grey).mean() > (low + high) / 2 else low
    margin = max(1, round(_PAPER_AROUND * max(grey.shape)))
    padded = Image.fromarray(np.pad(grey, margin, constant_values=paper))
    size = (padded.width * _ENLARGED, padded.height * _ENLARGED)
    return np.asarray(padded.resize(size, Image.Resampling.BICUBIC))
