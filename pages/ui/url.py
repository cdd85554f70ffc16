"""The URL as the memory of a page: what is chosen stands there, so a link reopens it."""

from collections.abc import Callable, Collection

import streamlit as st


def follow(
    parameter: str, *, key: str, options: Collection[str], default: str | None
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

    Returns:
        The widget's `on_change`, which writes the choice into the URL.
    """
    asked = st.query_params.get(parameter)
    if asked is not None and asked not in options:
        del st.query_params[parameter]
        asked = None
    st.session_state[key] = default if asked is None else asked

    def write() -> None:
        put(**{parameter: st.session_state[key]})

    return write


def put(**parameters: str | int | None) -> None:
    """Write parameters into the URL; None takes one away."""
    for name, value in parameters.items():
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)
