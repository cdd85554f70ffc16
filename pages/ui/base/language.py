"""English source, translated by gettext; the language is the visitor's own and in the URL."""

import gettext
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import streamlit as st

import mnist_core
from mnist_core.errors import MnistCoreError
from mnist_core.runs.run import Failure
from pages.ui.base import choice, url

# Code in the URL -> name in the language itself.
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"en": "English", "zh_TW": "繁體中文"})

_DOMAIN: Final = "mnist"
_DIRECTORY: Final = Path(mnist_core.__file__).parent / "locale"
_CURRENT: Final = "mnist.language"
_CHOSEN: Final = "mnist.language.chosen"
_WIDGET: Final = "language"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    # English is the source itself, so it needs no catalogue.
    return gettext.translation(_DOMAIN, _DIRECTORY, [language], fallback=language == "en")


def _matching(name: str | None) -> str | None:
    """Return the known language for a code such as zh-TW, ZH_tw or en-GB; None if unknown."""
    primary = (name or "").replace("-", "_").split("_")[0].lower()
    return next((code for code in LANGUAGES if code.split("_")[0] == primary), None)


def current() -> str:
    """Return the code of the visitor's language."""
    return str(st.session_state.get(_CURRENT, "en"))


def settle() -> None:
    """Decide the language of this page run: the URL's, the one chosen before, the browser's."""
    chosen = _matching(st.query_params.get("lang")) or st.session_state.get(_CHOSEN)
    st.session_state[_CHOSEN] = chosen
    st.session_state[_CURRENT] = chosen or _matching(st.context.locale) or "en"
    url.put(lang=chosen)


def choose() -> None:
    """Show the language switch."""
    # A radio button: Streamlit needs 0.1 s to get its first segmented control ready.
    choice.choose(
        st.radio,
        "Language · 語言",
        LANGUAGES,
        parameter="lang",
        key=_WIDGET,
        default=current(),
        horizontal=True,
    )


def _(message: str, **values: object) -> str:
    """Translate a whole sentence, then fill in its named placeholders."""
    text = _catalogue(current()).gettext(message)
    return text.format(**values) if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """Translate a sentence about n things; `{n}` stands for the number."""
    return _catalogue(current()).ngettext(singular, plural, n).format(n=f"{n:,}", **values)


def plain(text: object) -> str:
    """Escape a text that somebody else wrote, so that Markdown shows it as it is."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", str(text))


def error_text(error: MnistCoreError | Failure) -> str:
    """Translate an expected failure into one sentence, beginning with a capital."""
    template = _(error.template)
    # The template, not the sentence: a name that stands first keeps its own writing.
    values = {name: plain(value) for name, value in error.values.items()}
    return (template[:1].upper() + template[1:]).format(**values)
