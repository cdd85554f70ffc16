"""English source, translated by gettext; the language is the visitor's own and in the URL."""

import gettext
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import streamlit as st

import mnist_core
from mnist_core.errors import MnistCoreError
from mnist_core.runs.run import Failure
from pages.ui.base import choice, url


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the app.

    Attributes:
        name: What it calls itself.
        word: How it says "language".
        tags: Language tags (BCP 47) whose readers it suits; the first is the page's own. A longer
            tag falls back on a shorter one of these.
    """

    name: str
    word: str
    tags: tuple[str, ...]


# Code in the URL, which is also the catalogue's folder -> language. The first is the one in which
# the sources are written. "zh" alone is missing: it stands for the simplified script.
LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        "en": Language(name="English", word="Language", tags=("en",)),
        "zh_TW": Language(
            name="繁體中文",
            word="語言",
            tags=("zh-Hant-TW", "zh-Hant", "zh-TW", "zh-HK", "zh-MO"),
        ),
    }
)

_SOURCE: Final = next(iter(LANGUAGES))
_DOMAIN: Final = "mnist"
_DIRECTORY: Final = Path(mnist_core.__file__).parent / "locale"
_CURRENT: Final = "mnist.language"
_CHOSEN: Final = "mnist.language.chosen"
_WIDGET: Final = "language"


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation(_DOMAIN, _DIRECTORY, [code], fallback=code == _SOURCE)


def _serving(tag: str | None) -> str | None:
    """Return the code of the language for a tag such as zh-TW, ZH_tw or en-GB; None if none suits.

    Looked up as RFC 4647 says, by cutting subtags off from the right, except for a script: who
    reads zh-Hans is not served by any other zh.
    """
    subtags = _normal(tag or "").split("-")
    while subtags:
        wanted = "-".join(subtags)
        for code, language in LANGUAGES.items():
            if wanted in map(_normal, language.tags):
                return code
        if _ends_with_script(subtags):
            break
        subtags.pop()
    return None


def _normal(tag: str) -> str:
    return tag.replace("_", "-").lower()


def _ends_with_script(subtags: Sequence[str]) -> bool:
    return len(subtags) == 2 and len(subtags[1]) == 4 and subtags[1].isalpha()


def current() -> str:
    """Return the code of the visitor's language."""
    return str(st.session_state.get(_CURRENT, _SOURCE))


def settle() -> None:
    """Decide the language of this page run: the URL's, the one chosen before, the browser's."""
    chosen = _serving(st.query_params.get("lang")) or st.session_state.get(_CHOSEN)
    st.session_state[_CHOSEN] = chosen
    st.session_state[_CURRENT] = chosen or _serving(st.context.locale) or _SOURCE
    url.put(lang=chosen)


def choose() -> None:
    """Show the language switch, and tell the browser the language of the page."""
    # A radio button: Streamlit needs 0.1 s to get its first segmented control ready.
    choice.choose(
        st.radio,
        " · ".join(language.word for language in LANGUAGES.values()),
        {code: language.name for code, language in LANGUAGES.items()},
        parameter="lang",
        key=_WIDGET,
        default=current(),
        horizontal=True,
    )
    # Streamlit says "en" of every page: https://github.com/streamlit/streamlit/issues/15726
    tag = LANGUAGES[current()].tags[0]
    st.html(
        f"<script>document.documentElement.lang = '{tag}'</script>", unsafe_allow_javascript=True
    )


def _(message: str, **values: object) -> str:
    """Translate a whole sentence, then fill in its named placeholders."""
    text = _catalogue(current()).gettext(message)
    return _unbroken(text.format(**values) if values else text)


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """Translate a sentence about n things; `{n}` stands for the number."""
    text = _catalogue(current()).ngettext(singular, plural, n)
    return _unbroken(text.format(n=f"{n:,}", **values))


_BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=(?:[kMG]B|ms|s|min|h|px)\b)", re.ASCII)


def _unbroken(text: str) -> str:
    """Let no line end between a number and its unit."""
    return _BEFORE_UNIT.sub("\u00a0", text)


# The beginnings of what is taken for an address: https://github.github.com/gfm/#autolinks-extension-
_ADDRESS: Final = re.compile(r"(https?:(?=//)|www(?=\.)|[\w.+-](?=@))", re.IGNORECASE)
_JOINER: Final = "\u2060"  # word joiner: takes no room, and nothing breaks there


def plain(text: object) -> str:
    """Escape a text that somebody else wrote, so that Markdown shows it as it is."""
    # Addresses become links even when they are escaped, unless something stands within them.
    unlinked = _ADDRESS.sub(rf"\1{_JOINER}", str(text))
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", unlinked)


def error_text(error: MnistCoreError | Failure) -> str:
    """Translate an expected failure into one sentence, beginning with a capital."""
    template = _(error.template)
    # The template, not the sentence: a name that stands first keeps its own writing.
    values = {name: plain(value) for name, value in error.values.items()}
    return _unbroken((template[:1].upper() + template[1:]).format(**values))
