"""Which language a visitor gets, and what a new one needs."""

import re
from pathlib import Path
from types import MappingProxyType

import pytest
import streamlit as st
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from streamlit.testing.v1 import AppTest

from mnist_core.runs.run import Failure
from pages.ui.base import language
from pages.ui.base.language import LANGUAGES, Language
from pages.ui.layout import PAGES
from tests.pages.conftest import app_from_function, open_page

HOME = PAGES["home"]
SAMPLES = PAGES["samples"]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh_TW", "zh_TW"),
        ("zh-TW", "zh_TW"),
        ("ZH-tw", "zh_TW"),
        ("zh-Hant", "zh_TW"),
        ("zh-Hant-TW", "zh_TW"),
        ("zh-hant-hk", "zh_TW"),
        ("zh-HK", "zh_TW"),
        ("zh-TW-u-nu-latn", "zh_TW"),
        ("en-GB", "en"),
        ("en_AU", "en"),
        ("zh", None),
        ("zh-CN", None),
        ("zh_CN", None),
        ("zh-SG", None),
        ("zh-Hans", None),
        ("zh-Hans-TW", None),
        ("en-Shaw", None),  # English, but in the letters of Shaw's alphabet
        ("zhuang", None),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_found_by_its_whole_tag(monkeypatch, tag: str | None, expected: str | None):
    def script() -> None:
        import streamlit as st

        from pages.ui.base import language

        language.settle()
        st.text(language.current())

    monkeypatch.setattr(type(st.context), "locale", tag)
    greeted = app_from_function(script).run()
    assert [text.value for text in greeted.text] == [expected or "en"]

    monkeypatch.setattr(type(st.context), "locale", None)
    linked = app_from_function(script)
    linked.query_params["lang"] = tag or ""
    linked.run()
    assert "lang" not in linked.query_params or linked.query_params["lang"] == expected
    assert [text.value for text in linked.text] == [expected or "en"]


def test_the_browser_is_told_the_language_of_the_page(app: AppTest):
    open_page(app, HOME.file, lang="zh_TW")

    assert any("documentElement.lang = 'zh-Hant-TW'" in html.proto.body for html in app.get("html"))


@pytest.fixture
def esperanto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Add a language as CONTRIBUTING.md says: its folder, and its line in the table."""
    catalogue = Catalog(locale="eo", domain="mnist")
    catalogue.add(SAMPLES.title, "Specimenoj")
    catalogue.add(SAMPLES.question, "Kion vidas la reto?")
    folder = tmp_path / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "mnist.mo").open("wb") as file:
        write_mo(file, catalogue)
    line = {"eo": Language(name="Esperanto", word="Lingvo", tags=("eo",))}
    monkeypatch.setattr(language, "_DIRECTORY", tmp_path)
    monkeypatch.setattr(language, "LANGUAGES", MappingProxyType({**LANGUAGES, **line}))
    return "eo"


def test_a_folder_and_a_line_add_a_language(app: AppTest, esperanto: str):
    app.run()
    switch = app.radio(key="language")
    assert switch.options == ["English", "繁體中文", "Esperanto"]
    assert switch.label == "Language · 語言 · Lingvo"

    switch.set_value(esperanto).run()
    app.switch_page(SAMPLES.file).run()

    assert not app.exception
    assert app.title[0].value == "Kion vidas la reto?"
    assert app.query_params["lang"] == esperanto


def test_a_browser_is_greeted_in_the_added_language(app: AppTest, esperanto: str, monkeypatch):
    monkeypatch.setattr(type(st.context), "locale", "eo-XX")

    open_page(app, SAMPLES.file)

    assert app.title[0].value == "Kion vidas la reto?"


# As Streamlit's Markdown looks for them: https://github.github.com/gfm/#autolinks-extension-
ADDRESS = re.compile(r"https?://|www\.|[\w.+-]@[\w-]+\.", re.IGNORECASE)


@pytest.mark.parametrize(
    "name",
    [
        "http://127.0.0.1/x",
        "see HTTPS://example.org now",
        "www.example.org",
        "me@example.org",
        "a.b+c@example.org and www.example.org",
    ],
)
def test_an_address_that_somebody_wrote_is_no_link(name):
    shown = language.plain(name).replace("\\", "")

    assert ADDRESS.search(name)
    assert not ADDRESS.search(shown)
    assert shown.replace("\u2060", "") == name


@pytest.mark.parametrize("name", ["mlp-256 #3", "a:b", "5 @ 8", "數字", "http or www"])
def test_other_names_stay_as_they_are(name):
    assert language.plain(name).replace("\\", "") == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("About {n} s, with 1.0 GB of memory", "About 7\u00a0s, with 1.0\u00a0GB of memory"),
        ("{n} MB of 2,000 MB", "7\u00a0MB of 2,000\u00a0MB"),
        ("28 pixels, 5 sheets, item 3 stays", "28 pixels, 5 sheets, item 3 stays"),
    ],
)
def test_no_line_ends_between_a_number_and_its_unit(text: str, shown: str):
    assert language._(text, n=7) == shown
    assert language.ngettext(text, text, 7) == shown
    assert language.error_text(Failure(template=text, values={"n": 7})) == shown
