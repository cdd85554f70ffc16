"""The URL as the memory of a page: what is chosen stands there, so a link reopens it."""

from collections.abc import Callable

import streamlit as st


def put(**parameters: str | int | None) -> None:
    """Write parameters into the URL, all at once; None takes one away."""
    before = st.query_params.to_dict()
    after = before | {name: str(value) for name, value in parameters.items() if value is not None}
    for name in (name for name, value in parameters.items() if value is None):
        after.pop(name, None)
    # One change is one step for the browser's back button.
    if after != before:
        st.query_params.from_dict(after)


def whole(parameter: str, *, below: int) -> int | None:
    """Return the whole number 0..below-1 that a URL parameter holds; None for anything else."""
    text = st.query_params.get(parameter, "")
    # The length first: Python refuses to convert thousands of digits.
    if len(text) > len(str(below)) or not (text.isascii() and text.isdigit()):
        return None
    return int(text) if int(text) < below else None


def switch(parameter: str, *, key: str) -> Callable[[], None]:
    """Let a switch show whether a URL parameter is 1; to be called before it is made.

    Returns:
        The switch's `on_change`, which writes the parameter into the URL, or takes it away.
    """
    st.session_state[key] = st.query_params.get(parameter) == "1"

    def write() -> None:
        put(**{parameter: "1" if st.session_state[key] else None})

    return write
