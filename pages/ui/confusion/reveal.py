"""Bringing into sight what a click made appear further down, or what a link names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import streamlit as st

_mark = st.components.v2.component(
    "mnist_reveal",
    html='<div class="mark"></div>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)
_COUNT: Final = "mnist.reveal."


def ask(name: str) -> None:
    """Ask for the next mark of a name to be scrolled to; for the callbacks of widgets."""
    key = _COUNT + name
    st.session_state[key] = st.session_state.get(key, 0) + 1


@contextmanager
def mark(name: str, *, height: int, is_on: bool = True) -> Iterator[None]:
    """Mark what is shown within, to be scrolled to when new in this browser tab or asked for again.

    Args:
        name: What it is.
        height: Pixels from its top that are to be in sight.
        is_on: Whether it is marked at all.
    """
    place = st.container() if is_on else None
    yield
    if place is None:
        return
    # Sent last: before all of it is there, the browser cannot scroll to it.
    with place:
        _mark(
            key=f"reveal.{name}",
            data={"name": name, "count": st.session_state.get(_COUNT + name, 0), "height": height},
            height=1,
        )
