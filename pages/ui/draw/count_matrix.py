"""A confusion matrix to look at."""

import math
from html import escape

import numpy as np
from numpy.typing import NDArray

from mnist_core.evaluation.metrics import worst_error
from pages.ui.base.language import _
from pages.ui.widgets import matrix_table


def show(counts: NDArray[np.integer], *, label: str) -> None:
    """Show counts of shape (n, n), rows true; misses are coloured as the worst of them allows."""
    worst = max(1.0, worst_error(counts))
    digits = range(len(counts))
    matrix_table.show_cells(
        [
            [_cell(true, predicted, counts[true, predicted], worst) for predicted in digits]
            for true in digits
        ],
        label=label,
    )


def _cell(true: int, predicted: int, count: int, worst: float) -> str:
    place = " mnist-true" if true == predicted else ""
    title = escape(
        _(
            "true {true}, predicted {predicted} (images: {count})",
            true=true,
            predicted=predicted,
            count=count,
        )
    )
    if not count:
        return f'<td class="mnist-same{place}" title="{title}">0</td>'
    # Square root: a few images stay visible beside many.
    kind, share = (
        ("better", 60.0) if true == predicted else ("worse", 15 + 85 * math.sqrt(count / worst))
    )
    return (
        f'<td class="mnist-{kind}{place}" style="--share:{share:.0f}" title="{title}">{count}</td>'
    )
