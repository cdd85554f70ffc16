"""The clickable confusion matrix."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist_core.evaluation.answers import Choice
from mnist_core.evaluation.metrics import Unit, in_unit, worst_error
from pages.ui.base.language import _

_confusion_grid = st.components.v2.component(
    "mnist_confusion_grid",
    html='<div class="frame"></div>',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def confusion_grid(
    counts: NDArray[np.integer],
    *,
    coloured_as: NDArray[np.integer],
    unit: Unit,
    key: str,
    chosen: Choice | None,
    on_choice: Callable[[Choice | None], None],
) -> None:
    """Show counts of shape (n, n), rows true, as buttons, with the totals at the edges.

    Args:
        counts: The confusion matrix.
        coloured_as: The confusion matrix whose worst error has the full colour.
        unit: What the cells are given in.
        key: The widget's key.
        chosen: What is chosen.
        on_choice: Called with what a person chose, or None when it was chosen before, ahead of
            the page's rerun.
    """

    def tell() -> None:
        true, predicted = st.session_state[key]["choice"]
        choice = Choice(true, predicted)
        on_choice(None if choice == chosen else choice)

    values = in_unit(counts, unit)
    _confusion_grid(
        key=key,
        data={
            # Tuples: in lists, Streamlit looks for data frames.
            "counts": tuple(counts.tolist()),
            "values": tuple(values.tolist()),
            "worst": worst_error(in_unit(coloured_as, unit)),
            "texts": tuple(tuple(_text(value, unit) for value in row) for row in values.tolist()),
            "chosen": (chosen.true, chosen.predicted) if chosen and not chosen.most else None,
            "labels": _labels(unit),
        },
        on_choice_change=tell,
        width="stretch",
        height="content",
    )


def _text(value: float, unit: Unit) -> str:
    if unit is Unit.COUNT or not value:
        return f"{value:.0f}"
    # A single mistake among thousands is not 0.0, nor does it leave 100.0.
    return f"{value:.1f}" if 1 <= value < 99.95 or value == 100 else f"{value:.2f}"


def _labels(unit: Unit) -> dict[str, str]:
    # The component fills in the numbers of each cell.
    cells = {
        Unit.COUNT: _("true {true}, predicted {predicted} (images: {count})"),
        Unit.ROW: _("true {true}, predicted {predicted} (images: {count}; of this row: {value} %)"),
        Unit.COLUMN: _(
            "true {true}, predicted {predicted} (images: {count}; of this column: {value} %)"
        ),
    }
    return {
        "table": _("Confusion matrix"),
        "rows": _("↓ true digit"),
        "columns": _("predicted digit →"),
        "cell": cells[unit],
        "row": _("all missed {true}s (images: {count})"),
        "column": _("all false {predicted}s (images: {count})"),
        "all": _("all mistakes (images: {count})"),
        "total": "Σ",
    }
