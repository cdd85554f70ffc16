"""Bringing into sight what a click made appear further down, or what a link names."""

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


def mark(name: str, *, height: int) -> None:
    """Mark a place that is scrolled to when it is new in this browser tab, or asked for again.

    Args:
        name: What is here.
        height: Pixels below the mark that are to be in sight too.
    """
    _mark(
        key=f"reveal.{name}",
        data={"name": name, "count": st.session_state.get(_COUNT + name, 0), "height": height},
        height=1,
    )
