"""Circles that touch the digit in them: an ellipse around ink that is no part of it."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.pictures.masks import Mask, outlines

# Of the picture's longer side: a smaller ring is a digit or a loop of one.
_MIN_SIZE: Final = 0.2
# Of its outline, what lies on an ellipse, within so much of its radius.
_MIN_ROUND: Final = 0.85
_NEAR: Final = 0.05
# Width to height: a 0 is narrower, and a slash in it makes no circle around a 1.
_MIN_ASPECT: Final = 0.8
# Of the radius: a thicker ring is a 0.
_MAX_THICKNESS: Final = 0.15
# Of its height, what it must hold at least.
_MIN_INSIDE: Final = 0.35
# A straight stroke from side to side, as a slash is: its length in radii, and in thicknesses.
_MIN_SLASH: Final = 1.7
_MIN_STRAIGHT: Final = 4.0
# A ring is looked at along so many rays, at so many places of each.
_N_RAYS: Final = 90
_N_DEPTHS: Final = 60

# Middle (x, y), axes and turn in degrees, as OpenCV gives them.
_Ellipse = tuple[Sequence[float], Sequence[float], float]


def find_circles(is_ink: Mask) -> Mask:
    """Find the ink of circles around digits that touch them.

    Args:
        is_ink: Shape (height, width).
    """
    found = np.zeros_like(is_ink)
    for contour in outlines(is_ink):
        _, _, width, height = cv2.boundingRect(contour)
        is_round = width >= _MIN_ASPECT * height and height >= _MIN_ASPECT * width
        if is_round and height >= _MIN_SIZE * max(is_ink.shape):
            found |= _circle(contour, is_ink)
    return found


def _circle(contour: NDArray[np.int32], is_ink: Mask) -> Mask:
    """Return the ink of the ellipse that an outline follows; nothing where it follows none."""
    nothing = np.zeros_like(is_ink)
    ellipse = cv2.fitEllipse(contour)
    outline = _radius(contour[:, 0], ellipse)
    if np.mean(np.abs(outline - 1) <= _NEAR) < _MIN_ROUND:
        return nothing
    thickness = _thickness(ellipse, is_ink)
    if thickness > _MAX_THICKNESS:
        return nothing
    y, x = np.mgrid[: is_ink.shape[0], : is_ink.shape[1]]
    radius = _radius(np.stack([x, y], axis=-1), ellipse)
    inside = is_ink & (radius < 1 - thickness - _NEAR)
    strokes = outlines(inside)
    if not strokes:
        return nothing
    largest = max(strokes, key=len)
    _, axes, _ = ellipse
    sides = sorted(cv2.minAreaRect(largest)[1])
    is_slash = sides[1] >= max(_MIN_SLASH * min(axes) / 2, _MIN_STRAIGHT * sides[0])
    if is_slash or cv2.boundingRect(largest)[3] < _MIN_INSIDE * axes[1]:
        return nothing
    ring: Mask = is_ink & (radius >= 1 - thickness - _NEAR) & (radius <= 1 + _NEAR)
    return ring


def _thickness(ellipse: _Ellipse, is_ink: Mask) -> float:
    """Measure along rays from the outline inwards how thick a ring is, as a share of its radius."""
    centre, axes, degrees = ellipse
    angles = np.linspace(0, 2 * np.pi, _N_RAYS, endpoint=False)
    depths = np.linspace(0, 2 * _MAX_THICKNESS, _N_DEPTHS)
    rays = (1 - depths)[:, np.newaxis] * np.array(axes)[:, np.newaxis, np.newaxis] / 2
    along, across = rays * np.array([np.cos(angles), np.sin(angles)])[:, np.newaxis]
    turned = np.deg2rad(degrees)
    columns = centre[0] + along * np.cos(turned) - across * np.sin(turned)
    rows = centre[1] + along * np.sin(turned) + across * np.cos(turned)
    on_rays = is_ink[
        np.clip(np.rint(rows).astype(int), 0, is_ink.shape[0] - 1),
        np.clip(np.rint(columns).astype(int), 0, is_ink.shape[1] - 1),
    ]
    return float(np.median(on_rays.sum(axis=0)) * depths[1])


def _radius(points: NDArray[np.signedinteger], ellipse: _Ellipse) -> NDArray[np.float64]:
    """Return how far points (x, y) are from the middle of an ellipse; 1 on its outline."""
    centre, axes, degrees = ellipse
    x, y = np.moveaxis(points - np.array(centre), -1, 0)
    turned = np.deg2rad(degrees)
    along = x * np.cos(turned) + y * np.sin(turned)
    across = y * np.cos(turned) - x * np.sin(turned)
    radius: NDArray[np.float64] = np.hypot(along / (axes[0] / 2), across / (axes[1] / 2))
    return radius
