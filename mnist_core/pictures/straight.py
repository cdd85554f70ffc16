"""Straight lines in ink, nearly level: their pieces, and what stretches of them are in view."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from mnist_core.pictures.masks import Mask

# In px of a picture whose longer side is at most 1,024: a rule 2 px thick that rises by 6 degrees
# has 19 in a row before it steps up.
_RUN: Final = 15
# Of the picture's longer side: more is a stroke, not a rule.
_MAX_THICKNESS: Final = 0.016
# Of the picture's shorter side: less is a stroke of a digit among many.
_MIN_LENGTH: Final = 0.1
# The share of a rule that is in view; strokes that cross it hide the rest.
_MIN_VISIBLE: Final = 0.4
# The share of a line in view that a straight one must find, or one that bends is tried.
_IN_VIEW: Final = 0.95
# In px for each px that a piece is away from the end of another: how far it may lie off its line.
_BEND: Final = 0.015
# The share of a line that lies where a line that hardly bends would.
_MIN_STRAIGHT: Final = 0.6
# How much more or less than usual a line of a picture may rise, in px for each px.
_SPREAD: Final = 0.03
# Of its columns, the steepest that a rule rises or falls: 7 degrees.
_MAX_SLOPE: Final = 0.125


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A nearly level line; in px of the mask it was found in.

    Attributes:
        start: Its first column.
        stop: The column after its last.
        middle: Its middle row, of the column.
        thickness: Its mean height.
    """

    start: int
    stop: int
    middle: Polynomial
    thickness: float

    @property
    def length(self) -> int:
        """Columns."""
        return self.stop - self.start

    @property
    def reach(self) -> float:
        """How near something must come to touch it, in px."""
        return 2 * self.thickness + 4


def find_lines(is_ink: Mask) -> Sequence[Line]:
    """Find nearly level lines that are long enough to be rules, strokes of digits among them.

    Args:
        is_ink: Shape (height, width); turned over for lines that are nearly upright.
    """
    most = max(6, round(_MAX_THICKNESS * max(is_ink.shape))) | 1  # odd, so that it has a middle
    ink = is_ink.astype(np.uint8)
    tall = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((most, 1), np.uint8))
    flat = cv2.morphologyEx(ink & ~tall, cv2.MORPH_OPEN, np.ones((1, _RUN), np.uint8))
    n_labels, labels = cv2.connectedComponents(flat)
    rows, columns = np.nonzero(flat)
    if not rows.size:
        return []
    pieces = _Pieces(labels[rows, columns] - 1, rows, columns, n_labels - 1)
    least = max(2 * _RUN, _MIN_LENGTH * min(is_ink.shape))
    return [
        rule
        for rows_of_line, columns_of_line, thickness in pieces.lines(least)
        for rule in _fit(rows_of_line, columns_of_line, thickness, is_ink)
        if rule.length >= least
    ]


class _Pieces:
    """Flat pieces of ink, and the lines that they are parts of."""

    def __init__(
        self, label: NDArray[np.int32], rows: NDArray[np.int64], columns: NDArray[np.int64], n: int
    ) -> None:
        self._rows, self._columns = rows, columns
        self._area = np.bincount(label, minlength=n)
        self._pixels = np.split(np.argsort(label, kind="stable"), np.cumsum(self._area)[:-1])
        self._x = np.bincount(label, columns, n) / self._area
        self._y = np.bincount(label, rows, n) / self._area
        self._start = np.full(n, columns.max() + 1)
        self._stop = np.zeros(n, np.int64)
        np.minimum.at(self._start, label, columns)
        np.maximum.at(self._stop, label, columns + 1)
        self._width = self._stop - self._start
        self._thickness = self._area / self._width
        spread = np.bincount(label, (columns - self._x[label]) ** 2, n)
        rise = np.bincount(label, (columns - self._x[label]) * (rows - self._y[label]), n)
        self._slope = rise / np.maximum(spread, 1)
        # All lines of a picture rise alike, but for perspective; the longest pieces tell best.
        order = np.argsort(self._slope)
        weights = np.cumsum(self._width[order].astype(np.int64) ** 2)
        self._usual = float(self._slope[order[np.searchsorted(weights, weights[-1] / 2)]])

    def lines(self, least: float) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], float]]:
        """Join pieces that lie in one line, the longest first: its rows, columns and thickness."""
        free = np.abs(self._slope - self._usual) <= _SPREAD + 2 / self._width
        free &= np.abs(self._slope) <= _MAX_SLOPE
        for seed in np.argsort(-self._width):
            if not free[seed]:
                continue
            members = np.flatnonzero(self._in_line(seed, free))
            free[members] = False
            if self._width[members].sum() < _MIN_VISIBLE * least:
                continue
            thinnest = np.median(np.repeat(self._thickness[members], self._width[members]))
            members = members[self._thickness[members] <= thinnest + 1]  # the others are strokes
            pixels = np.concatenate([self._pixels[label] for label in members])
            thickness = float(self._area[members].sum() / self._width[members].sum())
            yield self._rows[pixels], self._columns[pixels], thickness

    def _in_line(self, seed: int, free: Mask) -> Mask:
        """Choose the pieces that lie on the line of one of them, and are about as thick."""
        is_like = free & (self._thickness <= 2 * self._thickness[seed] + 1)
        is_long = self._width[seed] >= 8 * _RUN
        slope = self._slope[seed] if is_long else self._usual
        x, y = self._x[seed], self._y[seed]
        far = np.maximum(0, np.abs(self._x - x) - self._width[seed] / 2)
        distance = np.abs(y + slope * (self._x - x) - self._y)
        members: Mask = is_like & (distance <= self._thickness[seed] + 2 + _BEND * far)
        members[seed] = True
        return members


def _fit(
    rows: NDArray[np.int64], columns: NDArray[np.int64], thickness: float, is_ink: Mask
) -> Sequence[Line]:
    """Fit a line to pixels, one that bends where a straight one does not do."""
    best: Sequence[Line] = ()
    span = int(columns.min()), int(columns.max()) + 1
    for degree in (1, 2) if span[1] - span[0] > 8 * _RUN else (1,):
        middle = _middle(rows, columns, thickness, degree)
        if middle is not None:
            found = _in_view(middle, thickness, is_ink, span)
            best = max(best, found, key=lambda rules: sum(rule.length for rule in rules))
        if sum(rule.length for rule in best) >= _IN_VIEW * (span[1] - span[0]):
            break
    return best


def _middle(
    rows: NDArray[np.int64], columns: NDArray[np.int64], thickness: float, degree: int
) -> Polynomial | None:
    middle = Polynomial.fit(columns, rows, degree)
    for margin in (2.0, 1.0):  # strokes that run along the line pull at it less and less
        is_near = np.abs(middle(columns) - rows) <= thickness / 2 + margin
        if is_near.mean() < _MIN_STRAIGHT:
            return None
        middle = Polynomial.fit(columns[is_near], rows[is_near], degree)
    return middle


def _in_view(
    middle: Polynomial, thickness: float, is_ink: Mask, span: tuple[int, int]
) -> Sequence[Line]:
    """Return the stretches of a line along which there is ink."""
    columns = np.arange(*span)
    rows = np.rint(middle(columns)).astype(int) + np.array([[-1], [0], [1]])
    is_on = is_ink[np.clip(rows, 0, is_ink.shape[0] - 1), columns].any(axis=0)
    inked = np.flatnonzero(is_on)
    ends = np.flatnonzero(np.diff(inked) > _RUN)
    return [
        Line(int(columns[part[0]]), int(columns[part[-1]]) + 1, middle, thickness)
        for part in np.split(inked, ends + 1)
        if part.size
    ]
