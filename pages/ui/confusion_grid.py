"""The clickable confusion matrix."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.ui.language import _

_FRONTEND: Final = Path(__file__).parent / "frontend"

_confusion_grid = st.components.v2.component(
    "mnist_confusion_grid",
    html='<div class="frame"></div>',
    css=(_FRONTEND / "confusion_grid.css").read_text(encoding="utf-8"),
    js=(_FRONTEND / "confusion_grid.js").read_text(encoding="utf-8"),
)


def confusion_grid(
    counts: NDArray[np.integer],
    *,
    key: str,
    chosen: tuple[int, int] | None,
    on_choice: Callable[[tuple[int, int] | None], None],
) -> None:
    """Show counts of shape (n, n), rows true, as buttons.

    Args:
        counts: The confusion matrix.
        key: The widget's key.
        chosen: The chosen cell (true, predicted).
        on_choice: Called with the cell that a person chose, or None when it was chosen before,
            ahead of the page's rerun.
    """

    def tell() -> None:
        true, predicted = (int(digit) for digit in st.session_state[key]["cell"])
        on_choice(None if (true, predicted) == chosen else (true, predicted))

    _confusion_grid(
        key=key,
        data={
            # A tuple: in lists, Streamlit looks for data frames.
            "counts": tuple(counts.tolist()),
            "chosen": chosen,
            "label": _("Confusion matrix"),
            "rows": _("↓ true digit"),
            "columns": _("predicted digit →"),
            # The component fills in the numbers of each cell.
            "cell": _("true {true}, predicted {predicted} (images: {count})"),
        },
        on_cell_change=tell,
        width="stretch",
        height="content",
    )
