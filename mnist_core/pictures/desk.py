"""The sheet in a photo that shows the desk too: what is even, large and bounded by straight edges.

So are a dark canvas in a bright window, and a blackboard on a wall. A round plate is a sheet where
what is dark on it looks like a digit: a filled 0 is round too.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import MAX_PIXEL, Grey
from mnist_core.pictures.masks import Mask
from mnist_core.pictures.panels import is_smooth, shows_digit
from mnist_core.pictures.pixels import averaged_down, rim

# Sheets are looked for in so many px on the longer side.
_SIDE: Final = 256
# Of the picture: a smaller sheet is a piece of ink.
_MIN_AREA: Final = 0.15
# Of its hull and of the smallest rectangle around it: a 0 filled in has 0.79 of that rectangle.
_MIN_SOLID: Final = 0.9
_MIN_RECTANGLE: Final = 0.9
# Of the sheet: how much of it is paper, and how much must be ink.
_MIN_PAPER: Final = 0.6
_MIN_INK: Final = 0.002
# How bright ink is at most, as a share of the sheet, and how much of it is not cut by the edge.
_MAX_INK: Final = 0.75
_MIN_WRITTEN: Final = 0.6
# The desk is at most so bright, as a share of the sheet: a shadow on it has 0.6 and more.
_MAX_DESK: Final = 0.6
# Of the picture's rim, so much shows the desk.
_MIN_RIM: Final = 0.05
# Of the picture's longer side: so much of the sheet's edge is left out, where it is soft.
_EDGE: Final = 0.008


def find_sheet(grey: Grey) -> Mask | None:
    """Find a bright sheet on a dark desk.

    Args:
        grey: uint8, shape (height, width).

    Returns:
        Where the sheet is, in the shape of `grey`; None where there is no desk in view.
    """
    small = cv2.medianBlur(averaged_down(grey, max_side=_SIDE), 3)
    _level, bright = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    n_labels, labels, stats, _ = cv2.connectedComponentsWithStats(bright)
    if n_labels < 2 or not bright.any():
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    contours, _ = cv2.findContours(
        (labels == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    hull = cv2.convexHull(contours[0])
    sheet = cv2.drawContours(np.zeros_like(small), [hull], 0, 1, cv2.FILLED).astype(bool)
    if not _is_sheet(sheet, small, contours[0], hull):
        return None
    inside = _inside(sheet, grey.shape)
    return inside if inside.any() else None


def find_dark_sheet(grey: Grey) -> Mask | None:
    """Find a dark canvas, board or card before something bright; as `find_sheet`."""
    return find_sheet(MAX_PIXEL - grey)


def _is_sheet(
    sheet: Mask, small: Grey, contour: NDArray[np.int32], hull: NDArray[np.int32]
) -> bool:
    filled = cv2.contourArea(contour)
    _, (width, height), _ = cv2.minAreaRect(contour)
    is_plate = filled < _MIN_RECTANGLE * width * height
    if (
        sheet.mean() < _MIN_AREA
        or filled < _MIN_SOLID * cv2.contourArea(hull)
        or (is_plate and not is_smooth(contour))
    ):
        return False
    paper, desk = np.median(small[sheet]), small[~sheet]
    if 1 - rim(sheet).mean() < _MIN_RIM or not desk.size or np.median(desk) > _MAX_DESK * paper:
        return False
    inside = _inside(sheet, sheet.shape)
    if not inside.any():
        return False
    is_dark = small < _MAX_INK * paper
    ink = is_dark[inside].mean()
    if not _MIN_INK <= ink <= 1 - _MIN_PAPER:
        return False
    if is_plate and (rim(sheet).any() or not shows_digit(sheet, inside & is_dark)):
        return False
    # What is dark on the desk's side of the edge goes on beyond it: a stroke, and no sheet.
    _, labels = cv2.connectedComponents(is_dark.astype(np.uint8))
    beyond = np.unique(labels[~inside & is_dark])
    is_written = inside & is_dark & ~np.isin(labels, beyond)
    return bool(is_written.sum() >= _MIN_WRITTEN * (inside & is_dark).sum())


def _inside(sheet: Mask, shape: tuple[int, ...]) -> Mask:
    """Return a sheet without its edge, at another size."""
    height, width = shape
    large = cv2.resize(sheet.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    edge = 2 * max(2, round(_EDGE * max(shape) + max(shape) / _SIDE)) + 1
    padded = np.pad(large, 1, mode="edge")  # the rim of the picture is no edge of the sheet
    inside: Mask = cv2.erode(padded, np.ones((edge, edge), np.uint8))[1:-1, 1:-1] > 0
    return inside


def spread_paper(grey: Grey, sheet: Mask) -> Grey:
    """Paint over what is not the sheet with what is nearest on it.

    Args:
        grey: uint8, shape (height, width).
        sheet: Where the sheet is, in the shape of `grey`.
    """
    _, nearest = cv2.distanceTransformWithLabels(
        (~sheet).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    levels = np.zeros(int(nearest.max()) + 1, np.uint8)
    levels[nearest[sheet]] = cv2.medianBlur(grey, 5)[sheet]
    return np.where(sheet, grey, levels[nearest])
