"""The URL as the memory of a page: what is chosen stands there, so a link reopens it."""

from collections.abc import Callable, Collection

import streamlit as st


def follow(
    parameter: str,
    *,
    key: str,
    options: Collection[str],
    default: str | None,
    is_default_written: bool = True,
) -> Callable[[], None]:
    """Let a single-choice widget show a URL parameter.

    To be called before the widget is made. The URL decides and the widget only shows it, so links
    and the back button work. (Streamlit's own `bind` writes the translated title of an option
    instead of the option itself.)

    Args:
        parameter: Name in the URL.
        key: The widget's key.
        options: What the widget offers; anything else in the URL is dropped.
        default: What is shown when the URL names nothing.
        is_default_written: Whether choosing it is written too, rather than taken away.

    Returns:
        The widget's `on_change`, which writes the choice into the URL.
    """
    asked = st.query_params.get(parameter)
    if asked is not None and asked not in options:
        put(**{parameter: None})
        asked = None
    st.session_state[key] = default if asked is None else asked

    def write() -> None:
        chosen = st.session_state[key]
        put(**{parameter: chosen if is_default_written or chosen != default else None})

    return write


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
