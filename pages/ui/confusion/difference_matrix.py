"""The confusion matrix of one network less that of another."""

import math
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.ui.base.language import _
from pages.ui.widgets.matrix_table import show_cells

Counts = NDArray[np.integer]


def show(a: Counts, b: Counts) -> None:
    """Show what changes from the confusion matrix of A to that of B; rows true."""
    digits = range(len(a))
    largest = max(1, int(np.abs(b - a).max()))
    show_cells(
        [
            [
                _cell(true, predicted, a[true, predicted], b[true, predicted], largest)
                for predicted in digits
            ]
            for true in digits
        ],
        label=_("Confusion matrix of B minus that of A"),
    )
    st.caption(
        _(
            "Each cell shows how many more (+) or fewer (−) images B has there than A. ▲ and blue: "
            "B is better; ▼ and orange: B is worse. On the diagonal, where digits are read right, "
            "more is better; elsewhere, fewer."
        )
    )


def _cell(true: int, predicted: int, n_a: int, n_b: int, largest: int) -> str:
    change = int(n_b - n_a)
    values = {"true": true, "predicted": predicted, "n_a": n_a, "n_b": n_b}
    place = " mnist-true" if true == predicted else ""
    if not change:
        title = _("true {true}, predicted {predicted} (A: {n_a}, B: {n_b}): no change", **values)
        return f'<td class="mnist-same{place}" title="{escape(title)}">0</td>'
    if (change > 0) == (true == predicted):
        title = _("true {true}, predicted {predicted} (A: {n_a}, B: {n_b}): B is better", **values)
        kind, mark, word = "better", "▲", _("better")
    else:
        title = _("true {true}, predicted {predicted} (A: {n_a}, B: {n_b}): B is worse", **values)
        kind, mark, word = "worse", "▼", _("worse")
    # Square root: a change of a few images stays visible beside one of many.
    share = 15 + 85 * math.sqrt(abs(change) / largest)
    number = f"{change:+}".replace("-", "−")
    return (
        f'<td class="mnist-{kind}{place}" style="--share:{share:.0f}" title="{escape(title)}">'
        f'{number}<span role="img" aria-label="{escape(word)}">{mark}</span></td>'
    )
