"""The catalogues say what the sources say, and the visitor's language is kept."""

import ast
import gettext
import io
import re
import string
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import streamlit as st
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

import mnist_core
from mnist_core.settings.fields import SETTINGS
from mnist_core.settings.presets import PRESETS
from pages.ui import home
from pages.ui.base.language import LANGUAGES
from pages.ui.confusion.calibration import CALIBRATIONS
from pages.ui.history.runs_table import STATUS_TITLES
from pages.ui.layout import PAGES
from pages.ui.widgets.sentences import FIT_SENTENCES, READINGS
from pages.ui.widgets.setting_texts import NETWORK
from tests.pages.conftest import app_from_function, open_page

ROOT = Path(mnist_core.__file__).parents[1]
LOCALE = ROOT / "mnist_core" / "locale"
TRANSLATED = [code for code in LANGUAGES if code != "en"]
MARKS = ("**", "###", "→", "↓")


def extract() -> tuple[Sequence[Path], Catalog]:
    """Collect sources and texts as `make messages` does."""
    sources: list[Path] = []
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        method_map, options_map = parse_mapping_cfg(file)
    found = extract_from_dir(
        str(ROOT),
        method_map,
        options_map,
        callback=lambda name, _method, _options: sources.append(ROOT / name),
    )
    texts = Catalog()
    for name, line, message, _comments, context in found:
        texts.add(message, locations=[(name, line)], context=context)
    return sources, texts


SOURCES, TEXTS = extract()


def read_catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "mnist.po").open("rb") as file:
        return read_po(file, locale=language, domain="mnist")


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Walk the texts; the first message of a catalogue is its header."""
    return (message for message in catalogue if message.id)


def forms(texts: str | Sequence[str] | None) -> Sequence[str]:
    """Return the plural forms of a text, or the text alone."""
    return [texts] if isinstance(texts, str) else texts or []


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.fixture(params=TRANSLATED)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def catalogue(language: str) -> Catalog:
    return read_catalogue(language)


def test_the_texts_are_found_in_the_app_the_pages_and_the_core():
    folders = {source.relative_to(ROOT).parts[0] for source in SOURCES}

    assert folders == {"app.py", "pages", "mnist_core"}
    assert len(TEXTS) > 150


def test_every_folder_with_a_catalogue_is_a_language_of_the_switch():
    assert sorted(path.parent.parent.name for path in LOCALE.rglob("*.po")) == sorted(TRANSLATED)


def test_every_text_of_the_sources_is_translated(catalogue: Catalog):
    untranslated = []
    for message in messages(TEXTS):
        translation = catalogue.get(message.id)
        if translation is None or translation.fuzzy or not all(forms(translation.string)):
            untranslated.append(message.id)

    assert untranslated == []


def test_a_catalogue_has_no_text_that_no_source_uses(catalogue: Catalog):
    unused = [message.id for message in messages(catalogue) if message.id not in TEXTS]

    assert unused == []
    assert not catalogue.obsolete


CHINESE = "[\u4e00-\u9fff]"


def test_no_space_parts_chinese_from_chinese(catalogue: Catalog):
    """A gloss that is taken away must not leave its space."""
    parted = [
        text
        for message in messages(catalogue)
        for text in forms(message.string)
        if re.search(rf"{CHINESE} +{CHINESE}", text)
    ]

    assert parted == []


def test_a_translation_has_the_placeholders_of_its_source(catalogue: Catalog):
    wrong = [
        (message.id, text)
        for message in messages(catalogue)
        for text in forms(message.string)
        if placeholders(text) != placeholders(forms(message.id)[-1])
    ]

    assert wrong == []


def test_singular_and_plural_of_a_source_have_the_same_placeholders():
    wrong = [
        message.id
        for message in messages(TEXTS)
        if message.pluralizable and placeholders(message.id[0]) != placeholders(message.id[1])
    ]

    assert wrong == []


def test_a_translation_keeps_bold_headings_and_arrows(catalogue: Catalog):
    wrong = [
        (message.id, text)
        for message in messages(catalogue)
        for text in forms(message.string)
        for mark in MARKS
        if text.count(mark) != forms(message.id)[-1].count(mark)
    ]

    assert wrong == []


def test_a_catalogue_names_its_language_and_has_its_number_of_plural_forms(
    catalogue: Catalog, language: str
):
    compiled = gettext.translation("mnist", LOCALE, [language])

    assert compiled.info()["language"] == language
    assert all(
        len(forms(message.string)) == (catalogue.num_plurals if message.pluralizable else 1)
        for message in messages(catalogue)
    )


def test_the_compiled_catalogue_is_what_the_texts_compile_to(catalogue: Catalog, language: str):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)

    committed = (LOCALE / language / "LC_MESSAGES" / "mnist.mo").read_bytes()
    assert compiled.getvalue() == committed, "run `make messages`"


def text_arguments(source: Path) -> Iterator[tuple[str, ast.expr]]:
    """Find the texts that a source hands to gettext: the function's name and each argument."""
    n_texts = {"_": 1, "N_": 1, "ngettext": 2}
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            for argument in node.args[: n_texts.get(name, 0)]:
                yield name, argument


def is_whole(name: str, argument: ast.expr) -> bool:
    """Tell whether gettext can find this text: a constant, or an entry of a table of them."""
    if isinstance(argument, ast.Constant):
        return isinstance(argument.value, str)
    return name != "N_" and isinstance(argument, ast.Name | ast.Subscript | ast.Attribute)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_text_is_whole_before_it_is_translated(source: Path):
    glued = [
        f"{source.name}:{argument.lineno}: {ast.unparse(argument)}"
        for name, argument in text_arguments(source)
        if not is_whole(name, argument)
    ]

    assert glued == []


def table_texts() -> Iterator[str]:
    for preset in PRESETS.values():
        yield preset.title
        yield preset.description
    for page in PAGES.values():
        yield page.title
        yield page.question
    for title, sentence, _page in home._STEPS:
        yield title
        yield sentence
    for table in (CALIBRATIONS, FIT_SENTENCES, READINGS, STATUS_TITLES):
        yield from table.values()
    yield NETWORK
    for setting in SETTINGS.values():
        yield setting.title
        yield setting.help
        # Their titles may be names, such as Adam, which are the same in every language.
        yield from (choice.help for choice in (setting.choices or {}).values())


@pytest.mark.parametrize("text", sorted(set(table_texts())))
def test_the_texts_of_tables_are_marked_and_translated(text: str):
    assert text in TEXTS
    for language in TRANSLATED:
        assert gettext.translation("mnist", LOCALE, [language]).gettext(text) != text


def translated(text: str, language: str) -> str:
    return gettext.translation("mnist", LOCALE, [language]).gettext(text)


HOME = PAGES["home"].question
SAMPLES = PAGES["samples"]


def test_the_language_is_english_at_first(app: AppTest):
    app.run()

    assert app.title[0].value == HOME
    assert app.radio(key="language").value == "en"


@pytest.mark.parametrize("code", ["zh_TW", "zh-TW", "zh-Hant", "ZH-tw"])
def test_the_url_chooses_the_language(app: AppTest, code: str):
    app.query_params["lang"] = code
    app.run()

    assert not app.exception
    assert app.title[0].value == translated(HOME, "zh_TW")
    assert app.radio(key="language").value == "zh_TW"


@pytest.mark.parametrize("code", ["xx", "", "../zh_TW", "zhuang", "zh", "zh_CN"])
def test_an_unknown_language_in_the_url_is_english_without_an_error(app: AppTest, code: str):
    app.query_params["lang"] = code
    app.run()

    assert not app.exception
    assert not app.error
    assert app.title[0].value == HOME


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh-TW", "zh_TW"), ("en-GB", "en"), ("fr-FR", "en"), (None, "en")]
)
def test_the_browser_decides_when_the_url_does_not(app: AppTest, monkeypatch, locale, expected):
    monkeypatch.setattr(type(st.context), "locale", locale)
    app.run()

    assert app.radio(key="language").value == expected
    assert "lang" not in app.query_params


def test_the_url_counts_more_than_the_browser(app: AppTest, monkeypatch):
    monkeypatch.setattr(type(st.context), "locale", "zh-TW")
    app.query_params["lang"] = "en"
    app.run()

    assert app.title[0].value == HOME


def test_the_switch_changes_the_language_and_another_page_keeps_it(app: AppTest):
    app.run()
    app.radio(key="language").set_value("zh_TW").run()
    assert app.title[0].value == translated(HOME, "zh_TW")
    assert app.query_params["lang"] == "zh_TW"

    app.query_params.clear()  # as when a page is opened by its bare URL in the same visit
    app.switch_page(SAMPLES.file).run()

    assert app.title[0].value == translated(SAMPLES.question, "zh_TW")
    assert app.radio(key="language").value == "zh_TW"


def test_the_switch_leads_back_to_english(app: AppTest):
    open_page(app, SAMPLES.file, lang="zh_TW")
    app.radio(key="language").set_value("en").run()

    assert app.title[0].value == SAMPLES.question
    assert app.query_params["lang"] == "en"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "en",
            [
                "1 image of digit 7, read right",
                "1,200 images of digit 7, read right",
                "There is no run x",
            ],
        ),
        ("zh_TW", ["有 1 張 7 認對了", "有 1,200 張 7 認對了", "找不到訓練紀錄 x"]),
    ],
)
def test_numbers_and_values_are_filled_into_the_sentence(code: str, expected: list[str]):
    def script() -> None:
        import streamlit as st

        from mnist_core.errors import RunNotFoundError
        from pages.ui.base import language

        language.settle()
        for n in (1, 1_200):
            st.text(
                language.ngettext(
                    "{n} image of digit {digit}, read right",
                    "{n} images of digit {digit}, read right",
                    n,
                    digit=7,
                )
            )
        st.text(language.error_text(RunNotFoundError("there is no run {run_id}", run_id="x")))

    app = app_from_function(script)
    app.query_params["lang"] = code
    app.run()

    assert [text.value for text in app.text] == expected


def test_no_text_formats_its_values_since_a_stored_failure_has_them_as_text():
    for message in messages(TEXTS):
        for text in forms(message.id):
            assert not [spec for _, _, spec, _ in string.Formatter().parse(text) if spec], text
