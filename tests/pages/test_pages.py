"""What holds for every page."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.base.language import LANGUAGES
from pages.ui.layout import PAGES
from tests.pages.conftest import open_page


@pytest.mark.parametrize("slug", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_on_an_empty_run_store(app: AppTest, slug: str, language: str):
    open_page(app, PAGES[slug].file, lang=language)

    assert not app.exception
    assert not app.error
    assert (app.title[0].value == PAGES[slug].question) == (language == "en")


@pytest.mark.parametrize("slug", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_with_runs_in_every_state(
    app: AppTest, filled_store, slug: str, language: str
):
    for run in filled_store.list():
        open_page(app, PAGES[slug].file, lang=language, run=run.id)

        assert not app.exception
        assert (app.title[0].value == PAGES[slug].question) == (language == "en")


@pytest.mark.parametrize("slug", ["train", "confusion", "draw"])
def test_an_unknown_run_is_a_sentence_and_the_page_goes_on(app: AppTest, slug: str):
    open_page(app, PAGES[slug].file, run="nonsense")

    assert not app.exception
    assert [warning.value for warning in app.warning] == ["There is no run nonsense"]


@pytest.mark.parametrize("slug", PAGES)
def test_a_broken_run_store_is_a_sentence_on_every_page(
    app: AppTest, slug: str, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MNIST_RUNS_URL", f"sqlite:///{tmp_path}/file/runs.db")

    open_page(app, PAGES[slug].file)

    assert not app.exception
    assert not app.error  # the page goes on without
    needs_store = slug != "samples"
    assert [warning.value.startswith("The stored runs cannot be") for warning in app.warning] == (
        [True] if needs_store else []
    )


ODD = ["", "nonsense", "-1", "9" * 5000, "４", "![x](http://127.0.0.1/x.png)", "mlp-256,mlp-256"]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("slug", PAGES)
def test_odd_links_open_every_page_without_a_traceback(app: AppTest, slug: str, value: str):
    names = ["run", "runs", "split", "digit", "index", "true", "predicted", "lang"]

    open_page(app, PAGES[slug].file, **dict.fromkeys(names, value))

    assert not app.exception
    assert app.title[0].value == PAGES[slug].question
    assert not any("![x]" in warning.value for warning in app.warning)


def test_every_file_in_the_pages_folder_is_a_page_of_the_menu():
    root = Path(__file__).parents[2]
    files = {f"pages/{path.name}" for path in (root / "pages").glob("[0-9]*.py")}

    assert files | {"app.py"} == {page.file for page in PAGES.values()}
