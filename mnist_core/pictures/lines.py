"""The lines in which digits are written on a sheet."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from mnist_core.pictures.blobs import Blob

# Digits whose middles differ by less, as a share of the usual height, stand on one line: lines
# that do not touch are at least 1.0 apart, so this is half-way. It leaves a line room to rise or
# fall by half a digit from one to the next. At 1.0 close lines become one.
_SAME_LINE: Final = 0.5


def sort_into_lines(digits: Sequence[Blob], height: float) -> list[list[Blob]]:
    """Sort digits into lines, from the top, each from left to right.

    A line may rise or fall slowly: each digit is compared with the one on its left.

    Args:
        digits: A blob for each.
        height: The usual height of a digit on the sheet, in px.
    """
    lines: list[list[Blob]] = []
    for digit in sorted(digits, key=lambda digit: digit.box.left):
        distances = [abs(line[-1].box.middle - digit.box.middle) for line in lines]
        if distances and min(distances) <= _SAME_LINE * height:
            lines[distances.index(min(distances))].append(digit)
        else:
            lines.append([digit])
    return sorted(lines, key=lambda line: np.mean([digit.box.middle for digit in line]))
