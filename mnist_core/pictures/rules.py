"""Straight lines that are not digits: rules, tables, boxes, long underlines, lines through.

A digit has straight strokes too. What tells a rule is that it is longer than any digit that is
left without it, and that an upright one hangs between others: so neither the stem of a 1 or a 4
nor the bar of a 7 is taken for one.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mnist_core.pictures.masks import Mask, longer_sides, within
from mnist_core.pictures.pixels import rim
from mnist_core.pictures.straight import Line, find_lines

# A rule is so many times as long as the largest piece of ink that it leaves. The longest bar of a
# digit, that of a wide 7, is 1.1 times as long as the rest of it is high.
_LONGER: Final = 1.25
# Of the height of a frame: what stands in it is at least so high. The bar of an 8 with corners, as
# a clock shows it, is not.
_MIN_IN_FRAME: Final = 0.35
# Lines that belong together are about as thick: at most so many times, and 1 px for soft edges.
_THICKER: Final = 1.3
# Of a line's length: how far it is followed beyond its ends, and how far from them it may meet
# another.
_FURTHER: Final = 0.25
_CORNER: Final = 0.15
# Of the picture's height: an upright line that hangs between no others.
_FROM_RIM_TO_RIM: Final = 0.97
# So much of the ink that is left is taken to be what lines are compared with.
_MOST: Final = 0.85
# So much shorter, and lines are of another kind: the sides of a box and the bars of its digit.
_OTHER_KIND: Final = 0.8


def find_rules(is_ink: Mask) -> Mask:
    """Find the ink of straight lines; where a stroke crosses one, it stays.

    Args:
        is_ink: Shape (height, width).

    Returns:
        Shape as `is_ink`; all False where the ink holds no line, or nothing but lines.
    """
    level, upright = find_lines(is_ink), find_lines(is_ink.T)
    found = np.zeros_like(is_ink)
    for shortest in _kinds([*level, *upright]):
        across, down = _hang_together(level, upright, shortest)
        if not across:
            down = [rule for rule in upright if rule.length >= _FROM_RIM_TO_RIM * len(is_ink)]
        if not (across or down):
            continue
        removed = _without(across, down, is_ink)
        rest = is_ink & ~removed
        height, side = _usual_piece(rest)
        is_frame = _are_frame(across, down) and height >= _MIN_IN_FRAME * down[0].length
        if not side or not (is_frame or _LONGER * side <= shortest):
            continue
        # A digit that is cut out tightly has a stem from rim to rim, and touches the rim beside it.
        if across or not rim(rest).any():
            found = removed
    return found


def _are_frame(across: Sequence[Line], down: Sequence[Line]) -> bool:
    """Tell whether all lines end at others, or cross them: a box, a table, squares."""
    return (
        len(down) >= 2
        and all(_joins(rule, down, _far(rule)) for rule in across)
        and all(_joins(rule, across, _far(rule)) for rule in down)
    )


def _without(across: Sequence[Line], down: Sequence[Line], is_ink: Mask) -> Mask:
    """Return the ink of lines, with what remains of them elsewhere."""
    removed = _ink_of(across, is_ink) | _ink_of(down, is_ink.T).T
    # Where lines cross, something remains that nowhere leaves them.
    removed |= within(is_ink & ~removed, _bands(across, down, is_ink.shape))
    return removed | _corners(is_ink & ~removed, across, down)


def _corners(rest: Mask, across: Sequence[Line], down: Sequence[Line]) -> Mask:
    """Find the round corners of frames: what joins the end of a level line to one of an upright."""
    n_labels, labels = cv2.connectedComponents(rest.astype(np.uint8))
    joined = np.zeros(n_labels, int)
    for number, (rules, grid) in enumerate(((across, labels), (down, labels.T)), start=1):
        for rule in rules:
            for column in (rule.start, rule.stop):
                row, margin = round(float(rule.middle(column))), round(rule.thickness) + 3
                around = grid[
                    max(0, row - margin) : row + margin + 1,
                    max(0, column - margin) : column + margin + 1,
                ]
                joined[np.unique(around)] |= number
    joined[0] = 0
    corners: Mask = (joined == 3)[labels]  # at both
    return corners


def _kinds(rules: Sequence[Line]) -> Sequence[int]:
    """Return the least length of each kind of lines, of the longest kind first."""
    lengths = sorted((rule.length for rule in rules), reverse=True)
    return [
        length for length, following in pairwise([*lengths, 0]) if following < _OTHER_KIND * length
    ]


def _hang_together(
    level: Sequence[Line], upright: Sequence[Line], shortest: int
) -> tuple[Sequence[Line], Sequence[Line]]:
    """Choose the level lines of this length, and those that join two others at right angles."""
    across = [rule for rule in level if rule.length >= shortest]

    def hangs(rule: Line, others: Sequence[Line]) -> bool:
        is_long = rule.length >= shortest
        return _joins(rule, others, np.inf if is_long else rule.reach)

    down = [rule for rule in upright if hangs(rule, across)]
    across += [rule for rule in level if rule.length < shortest and hangs(rule, down)]
    down = [rule for rule in upright if hangs(rule, across)]
    return across, down


def _joins(rule: Line, others: Sequence[Line], margin: float) -> bool:
    """Tell whether a line meets two at right angles, within so many px of both its ends."""
    met = [
        other
        for other in others
        if rule.thickness <= _THICKER * other.thickness + 1 and _meet(rule, other)
    ]
    if len(met) < 2:
        return False
    crossings = [float(other.middle(rule.middle((rule.start + rule.stop) / 2))) for other in met]
    return (
        min(abs(crossing - rule.start) for crossing in crossings) <= margin
        and min(abs(crossing - rule.stop) for crossing in crossings) <= margin
    )


def _meet(one: Line, other: Line) -> bool:
    middle = (one.start + one.stop) / 2
    column = float(one.middle(middle))  # a row to one is a column to the other
    row = float(other.middle(column))
    column = float(one.middle(row))
    return other.start - _far(other) <= column <= other.stop + _far(other) and one.start - _far(
        one
    ) <= row <= one.stop + _far(one)


def _far(line: Line) -> float:
    """How far from its end a line may meet another: the corners of a frame may be round."""
    return line.reach + _CORNER * line.length


def _ink_of(rules: Sequence[Line], is_ink: Mask) -> Mask:
    """Return the ink of lines, without what crosses them: it is higher than they are."""
    removed = np.zeros_like(is_ink)
    for rule in rules:
        higher = (round(rule.thickness) + 3) | 1  # odd, so that it has a middle
        rows, columns = _band(rule, is_ink.shape)
        first = max(0, int(rows.min()) - 2 * higher)
        around = is_ink[first : int(rows.max()) + 2 * higher + 1].astype(np.uint8)
        crossing = cv2.morphologyEx(around, cv2.MORPH_OPEN, np.ones((higher, 1), np.uint8))
        removed[rows, columns] |= is_ink[rows, columns] & (crossing[rows - first, columns] == 0)
    return removed


def _bands(across: Sequence[Line], down: Sequence[Line], shape: tuple[int, int]) -> Mask:
    """Return all pixels that lines cover, their soft edges too."""
    covered = np.zeros(shape, bool)
    for rule in across:
        covered[_band(rule, shape)] = True
    for rule in down:
        covered.T[_band(rule, covered.T.shape)] = True
    return covered


def _band(rule: Line, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of all pixels that a line covers, its soft edges too."""
    further = 3 + round(_FURTHER * rule.length)  # it may fade out
    columns = np.arange(max(0, rule.start - further), min(shape[1], rule.stop + further))
    reach = int(np.ceil(rule.thickness / 2 + 1.5))
    middle = np.rint(rule.middle(columns)).astype(int)
    rows = np.clip(middle[:, np.newaxis] + np.arange(-reach, reach + 1), 0, shape[0] - 1)
    return rows, np.broadcast_to(columns[:, np.newaxis], rows.shape)


def _usual_piece(is_ink: Mask) -> tuple[float, float]:
    """Return height and longer side, in px, of the pieces that hold most of the ink."""
    stats = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))[2][1:]
    if not len(stats):
        return 0.0, 0.0
    sides = longer_sides(stats)
    order = np.argsort(sides)
    share = np.cumsum(stats[order, cv2.CC_STAT_AREA]) / stats[:, cv2.CC_STAT_AREA].sum()
    usual = order[np.searchsorted(share, _MOST)]
    return float(stats[usual, cv2.CC_STAT_HEIGHT]), float(sides[usual])
