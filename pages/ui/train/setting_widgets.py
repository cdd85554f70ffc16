"""Widgets for the settings of a training, which keep their values from page to page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from mnist_core.settings.config import LIMITS
from pages.ui.base.language import _

Choice = TypeVar("Choice")


def titled_choice(
    label: str,
    titles: Mapping[str, str],
    start: str,
    *,
    key: str,
    help: str | None = None,  # noqa: A002
) -> str:
    """Show a choice whose titles are translated."""
    # Set anew in every run: otherwise the browser keeps the title of the language before.
    st.session_state[key] = st.session_state.get(key, start)
    return st.selectbox(
        label,
        list(titles),
        format_func=lambda slug: titles[slug],
        key=key,
        help=help,
        persist_state="session",
    )


class SettingWidgets:
    """Widgets whose keys carry the preset, so that each preset keeps its own changes."""

    def __init__(self, preset: str) -> None:
        self._prefix = f"train.{preset}"

    def slider(
        self,
        name: str,
        label: str,
        value: float,
        *,
        explained: str,
        step: float = 1,
        number: int = 0,
    ) -> Any:
        """Show a slider between the limits of a setting; `number` tells layers apart."""
        limit = LIMITS[name]
        kind = type(limit.low)
        return st.slider(
            label,
            limit.low,
            limit.high,
            kind(value),
            kind(step),
            key=f"{self._prefix}.{name}.{number}",
            help=explained,
            persist_state="session",
        )

    def number(self, name: str, label: str, value: int, *, explained: str, number: int = 0) -> int:
        """Show a field for a whole number; `number` tells layers apart."""
        limit = LIMITS[name]
        entered = st.number_input(
            label,
            min_value=int(limit.low),
            max_value=int(limit.high),
            value=value,
            key=f"{self._prefix}.{name}.{number}",
            persist_state="session",
            help=explained,
        )
        return int(entered)

    def steps(
        self,
        name: str,
        label: str,
        options: Sequence[Choice],
        value: Choice,
        *,
        explained: str,
        format_func: Callable[[Choice], str] = str,
    ) -> Choice:
        """Show a slider that stops at certain values only."""
        return st.select_slider(
            label,
            options,
            value,
            format_func=format_func,
            key=f"{self._prefix}.{name}",
            help=explained,
            persist_state="session",
        )

    def choice(
        self,
        name: str,
        label: str,
        options: Mapping[str, str],
        value: str,
        *,
        explained: str,
        number: int = 0,
    ) -> str:
        """Show the choices of a setting by their translated titles."""
        titles = {slug: _(title) for slug, title in options.items()}
        key = f"{self._prefix}.{name}.{number}"
        return titled_choice(label, titles, value, key=key, help=explained)
