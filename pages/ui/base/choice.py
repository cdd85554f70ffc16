"""A single choice that stands in the URL, whatever widget shows it.

The URL decides and the widget only shows it, so links and the back button work. (Streamlit's own
`bind` writes the translated title of an option instead of the option itself.)
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from pages.ui.base import url

# What stands in the URL: a string, or a member of a StrEnum.
Option = TypeVar("Option", bound=str)


def choose(
    widget: Callable[..., object],
    label: str,
    titles: Mapping[Option, str],
    *,
    parameter: str,
    key: str,
    default: Option,
    is_default_written: bool = True,
    forgets: Sequence[str] = (),
    then: Callable[[], None] | None = None,
    **look: Any,
) -> Option:
    """Let a person choose one of several options.

    Args:
        widget: Such as `st.segmented_control`; `look` says, where it can, that one is required.
        label: Says what is chosen.
        titles: What is offered, and what each option is called.
        parameter: Name in the URL; what is not offered is dropped from there.
        key: The widget's key.
        default: What is shown when the URL names nothing.
        is_default_written: Whether choosing it is written too, rather than taken away.
        forgets: Other parameters, which would mean something else under another choice.
        then: What else is to be done when another option is chosen.
        look: Further arguments of the widget.
    """

    def keep() -> None:
        chosen = st.session_state[key]
        is_written = is_default_written or chosen != default
        url.put(**dict.fromkeys(forgets), **{parameter: chosen if is_written else None})
        if then is not None:
            then()

    named = _settle(parameter, titles)
    st.session_state[key] = default if named is None else named
    chosen = widget(label, list(titles), format_func=titles.get, key=key, on_change=keep, **look)
    return _option(chosen, titles) or default


def choose_any(
    widget: Callable[..., object],
    label: str,
    titles: Mapping[Option, str],
    *,
    parameter: str,
    key: str,
    **look: Any,
) -> Option | None:
    """Let a person choose one of several options, or none; the arguments are those of `choose`."""

    def keep() -> None:
        url.put(**{parameter: st.session_state[key]})

    st.session_state[key] = _settle(parameter, titles)
    chosen = widget(label, list(titles), format_func=titles.get, key=key, on_change=keep, **look)
    return _option(chosen, titles)


def asked(parameter: str, options: Iterable[Option]) -> Option | None:
    """Return the option that the URL names; None for nothing, or for what is not offered."""
    return _option(st.query_params.get(parameter), options)


def _settle(parameter: str, options: Iterable[Option]) -> Option | None:
    """Return the option that the URL names, and drop from there what is not offered."""
    option = asked(parameter, options)
    if option is None:
        url.put(**{parameter: None})
    return option


def _option(value: object, options: Iterable[Option]) -> Option | None:
    """Return the option that a value stands for, which may be its text alone."""
    return next((option for option in options if option == value), None)
