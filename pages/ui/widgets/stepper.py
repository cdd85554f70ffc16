"""One after another: back and on through images in their order, by button or arrow key."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.ui.base.language import _

_stepper = st.components.v2.component(
    "mnist_stepper",
    html='<div class="stepper" role="group"></div>',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def step(
    indices: NDArray[np.integer], index: int, *, key: str, on_choice: Callable[[int], None]
) -> None:
    """Let a person go to the image before or after one of several, and say which it is.

    Args:
        indices: The images in their order, shape (n,); nothing is shown for fewer than two.
        index: The one that is looked at, of these.
        key: The widget's key.
        on_choice: Called with the image that a person goes to, before the page reruns.
    """
    if len(indices) < 2:
        return
    place = int(np.flatnonzero(indices == index)[0])

    def tell() -> None:
        on_choice(int(st.session_state[key]["index"]))

    _stepper(
        key=key,
        data={
            "previous": int(indices[place - 1]) if place else None,
            "next": int(indices[place + 1]) if place + 1 < len(indices) else None,
            "labels": {
                "group": _("One image after another; arrow keys work too"),
                "previous": _("Previous"),
                "next": _("Next"),
                "place": _("{place} of {n}", place=f"{place + 1:,}", n=f"{len(indices):,}"),
            },
        },
        on_index_change=tell,
        width="stretch",
        height="content",
    )
