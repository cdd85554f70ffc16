"""Drawings that were made with a pen: strokes -> a picture, as a canvas would draw them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Stroke = Sequence[tuple[float, float]]  # points (x, y) in px, from the top left corner

_FINE: Final = 4  # drawn so many times as large, and shrunk: smooth edges


def draw_strokes(strokes: Sequence[Stroke], *, pen: float, side: int) -> NDArray[np.uint8]:
    """Draw strokes in white on black with a round pen.

    Args:
        strokes: Each with at least one point.
        pen: Width of the pen in px.
        side: Height and width of the picture, in px.

    Returns:
        uint8, shape (side, side).
    """
    picture = Image.new("L", (side * _FINE, side * _FINE))
    brush = ImageDraw.Draw(picture)
    radius = pen * _FINE / 2
    for stroke in strokes:
        points = [(x * _FINE, y * _FINE) for x, y in stroke]
        brush.line(points, fill=255, width=round(2 * radius))
        for x, y in points:  # round ends and joints
            brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(picture.reduce(_FINE))
