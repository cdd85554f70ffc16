"""Ink in pieces: sprayed, printed in dots, or dashed to be traced. Joined, it makes strokes."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import MAX_PIXEL, Grey
from mnist_core.pictures.masks import longer_sides, n_pieces, outlines

Levels = NDArray[np.float32]

# More pieces than this, most of them at most so many px long, are dots, unless one of them has so
# much of the ink: then they are the grain around it.
_MIN_DOTS: Final = 60
_MAX_DOT: Final = 10
_MAX_SHARE: Final = 0.3
# Dots are blurred more and more, in px, until that joins no more of them.
_BLURS: Final = (1.5, 2.5, 4.0, 6.0)
# So many pieces may be dashes, most of them bars that fill so much of their hull, and whose length
# is so many thicknesses; those at corners and crossings are not.
_MIN_DASHES: Final = 4
_MAX_DASHES: Final = 300
_MOST: Final = 0.7
_MIN_FILLED: Final = 0.7
_MIN_LENGTH: Final = 1.3
_MAX_LENGTH: Final = 6.0
# The next dash is so near, in thicknesses, and so much ahead: the cosine of 50 degrees.
_MAX_GAP: Final = 3.5
_MIN_AHEAD: Final = 0.64
_MAX_HOLES: Final = 2  # of a digit
_JOINED: Final = 3  # dashes of a stroke, on average at least


def join_dots(levels: Levels, weakest: float) -> Levels:
    """Blur ink that falls into dots, until they make strokes; other ink stays as it is.

    Args:
        levels: How much each pixel stands out, float32, shape (height, width).
        weakest: The least share of the strongest that is ink.
    """
    is_ink = (levels >= weakest * levels.max()).astype(np.uint8)
    n_labels, _, stats, _ = cv2.connectedComponentsWithStats(is_ink)
    if n_labels <= _MIN_DOTS or not _are_dots(stats[1:]):
        return levels
    before = n_labels
    for blur in _BLURS:
        smooth: Levels = cv2.GaussianBlur(levels, (0, 0), blur)
        left = n_pieces(smooth >= weakest * smooth.max())
        if left == before:
            break
        before = left
    return smooth


def _are_dots(stats: NDArray[np.int32]) -> bool:
    areas = stats[:, cv2.CC_STAT_AREA]
    are_small = np.median(longer_sides(stats)) <= _MAX_DOT
    return bool(are_small and areas.max() <= _MAX_SHARE * areas.sum())


def join_dashes(ink: Grey) -> Grey:
    """Join ink that falls into dashes along its strokes; other ink stays as it is.

    From each end of a dash a line is drawn to what comes next in its direction. Digits side by
    side are not joined, since they do not lie in each other's direction.

    Args:
        ink: Bright on black, uint8, shape (height, width).
    """
    contours = outlines(ink > 0)
    if not _MIN_DASHES <= len(contours) <= _MAX_DASHES:
        return ink
    dashes = [_dash(contour) for contour in contours]
    bars = [dash for dash in dashes if dash.is_bar]
    if len(bars) < _MOST * len(dashes):
        return ink
    thickness = float(np.median([bar.thickness for bar in bars]))
    joined = ink.copy()
    n_followed = 0
    for bar in bars:
        others = np.concatenate([dash.contour for dash in dashes if dash is not bar])
        ways = [(end, _next(end, bar.middle, others, _MAX_GAP * thickness)) for end in bar.ends]
        n_followed += any(following is not None for _, following in ways)
        for end, following in ways:
            if following is not None:
                start, stop = (np.rint(point).astype(int).tolist() for point in (end, following))
                cv2.line(joined, start, stop, MAX_PIXEL, max(1, round(thickness) - 1))
    is_stroke = n_followed >= _MOST * len(bars)
    n_strokes = n_pieces(joined > 0)
    is_joined = n_strokes <= len(contours) / _JOINED
    is_net = n_pieces(joined == 0) - 1 > _MAX_HOLES * n_strokes
    return joined if is_stroke and is_joined and not is_net else ink


@dataclass(frozen=True, slots=True, eq=False)
class _Dash:
    """A piece of ink; points are (column, row).

    Attributes:
        contour: Float, shape (n, 2).
        is_bar: Whether it is a short straight stroke.
        thickness: In px.
        ends: Both ends of its longer axis, shape (2, 2).
    """

    contour: NDArray[np.float64]
    is_bar: bool
    thickness: float
    ends: NDArray[np.float64]

    @property
    def middle(self) -> NDArray[np.float64]:
        middle: NDArray[np.float64] = self.ends.mean(axis=0)
        return middle


def _dash(contour: NDArray[np.int32]) -> _Dash:
    corners = cv2.boxPoints(cv2.minAreaRect(contour)).astype(float)
    sides = np.hypot(*(corners[:2] - corners[1:3]).T) + 1  # a contour runs through pixels' middles
    longer = int(sides.argmax())
    ends = np.stack(
        [corners[[longer, longer - 1]].mean(axis=0), corners[[longer + 1, longer - 2]].mean(axis=0)]
    )
    is_filled = _area(contour) >= _MIN_FILLED * _area(cv2.convexHull(contour))
    return _Dash(
        contour=contour[:, 0].astype(float),
        is_bar=bool(is_filled and _MIN_LENGTH <= sides.max() / sides.min() <= _MAX_LENGTH),
        thickness=float(sides.min()),
        ends=ends,
    )


def _next(
    end: NDArray[np.float64],
    middle: NDArray[np.float64],
    others: NDArray[np.float64],
    reach: float,
) -> NDArray[np.float64] | None:
    """Return the nearest point of others in the direction of an end; None where none is near."""
    distances = np.hypot(*(others - end).T)
    is_near = (distances <= reach) & (distances > 0)
    outwards = (end - middle) / max(1e-6, float(np.hypot(*(end - middle))))
    ahead = (others - end) @ outwards
    is_near &= ahead >= _MIN_AHEAD * distances
    if not is_near.any():
        return None
    nearest: NDArray[np.float64] = others[is_near][distances[is_near].argmin()]
    return nearest


def _area(contour: NDArray[np.int32]) -> float:
    return cv2.contourArea(contour) + cv2.arcLength(contour, closed=True) / 2 + 1
