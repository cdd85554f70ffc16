"""The confusion matrix of one network less that of another."""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.ui.base.language import _

Counts = NDArray[np.integer]

_STYLE: Final = (Path(__file__).parent / "frontend" / "difference_matrix.css").read_text(
    encoding="utf-8"
)


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
        label=_("Confusion matrix of B less that of A"),
    )
    st.caption(
        _(
            "Each cell says how many more (+) or fewer (−) images B has there than A. ▲ and blue: "
            "B is better; ▼ and orange: B is worse. On the diagonal, read right, more is better; "
            "elsewhere, fewer mistakes are."
        )
    )


def show_cells(cells: Sequence[Sequence[str]], *, label: str) -> None:
    """Show rows of table cells, each as HTML, between the digits of a confusion matrix."""
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(len(cells)))
    rows = "".join(
        f'<tr><th scope="row">{true}</th>{"".join(row)}</tr>' for true, row in enumerate(cells)
    )
    st.html(f"<style>{_STYLE}</style>")
    st.html(
        f'<div class="mnist-difference"><p>{escape(_("↓ true digit"))}</p>'
        f"<p>{escape(_('predicted digit →'))}</p>"
        f'<table aria-label="{escape(label)}">'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
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
    # Square root: a change of a few is to be seen beside one of many.
    share = 15 + 85 * math.sqrt(abs(change) / largest)
    number = f"{change:+}".replace("-", "−")
    return (
        f'<td class="mnist-{kind}{place}" style="--share:{share:.0f}" title="{escape(title)}">'
        f'{number}<span role="img" aria-label="{escape(word)}">{mark}</span></td>'
    )
