"""Widgets for the settings of a training, which keep their values from page to page."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mnist_core.settings.fields import SETTINGS, choices_of, in_group, limit_of
from mnist_core.settings.setting import Group, Widget
from pages.ui.base.language import _


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

    def show_group(self, group: Group, start: object, *, number: int = 0) -> dict[str, Any]:
        """Show the settings of a group, and return their values by name.

        Args:
            group: The group.
            start: What holds the values to start from, each under the name of its setting.
            number: Tells layers apart.
        """
        return {
            name: self.show(name, getattr(start, name), number=number) for name in in_group(group)
        }

    def show(self, name: str, value: Any, *, number: int = 0) -> Any:
        """Show the widget of a setting and return its value; `number` tells layers apart."""
        key = f"{self._prefix}.{name}.{number}"
        match SETTINGS[name].widget:
            case Widget.SLIDER:
                return self._slider(name, value, key)
            case Widget.NUMBER:
                return self._number(name, value, key)
            case Widget.STEPS:
                return self._steps(name, value, key)
            case Widget.CHOICE:
                return self._choice(name, value, key)

    def _slider(self, name: str, value: float, key: str) -> Any:
        setting, limit = SETTINGS[name], limit_of(name)
        kind = type(limit.low)
        return st.slider(
            _(setting.title),
            limit.low,
            limit.high,
            kind(value),
            kind(setting.step),
            key=key,
            help=_(setting.help),
            persist_state="session",
        )

    def _number(self, name: str, value: float, key: str) -> Any:
        setting, limit = SETTINGS[name], limit_of(name)
        kind = type(limit.low)
        return st.number_input(
            _(setting.title),
            limit.low,
            limit.high,
            kind(value),
            kind(setting.step),
            # Two digits after the point, Streamlit's own format, would show a small one as 0.
            None if setting.is_whole else "%g",
            key=key,
            help=_(setting.help),
            persist_state="session",
        )

    def _steps(self, name: str, value: float, key: str) -> Any:
        setting = SETTINGS[name]
        return st.select_slider(
            _(setting.title),
            # A preset may start between two stops.
            sorted({*setting.steps, value}),
            value,
            format_func=setting.write,
            key=key,
            help=_(setting.help),
            persist_state="session",
        )

    def _choice(self, name: str, value: str, key: str) -> str:
        setting = SETTINGS[name]
        choices = choices_of(name)
        titles = {slug: _(choice.title) for slug, choice in choices.items()}
        # What each does, as a list below what the setting is.
        options = [
            _("**{choice}**: {help}", choice=titles[slug], help=_(choice.help))
            for slug, choice in choices.items()
        ]
        text = "\n".join((_(setting.help), "", *(f"- {option}" for option in options)))
        return titled_choice(_(setting.title), titles, value, key=key, help=text)
