"""The tests of the pages stand as their modules do, but for those that are tested as a whole."""

import pytest

from tests.imports import ROOT, modules_in, sources_in

TESTS = ROOT / "tests"
MODULES = [name for name in modules_in(sources_in("pages")) if name.startswith("pages.ui.")]

# Module -> the tests that hold it: a page as a whole, or what only a browser does.
TESTED_ELSEWHERE = {
    "layout": "pages/test_pages.py",
    "base.workers": "pages/train/test_run_view.py",
    "confusion.difference_matrix": "pages/confusion/test_two_networks.py",
    "confusion.grid": "browser/test_confusion_page.py",
    "confusion.headline": "pages/confusion/test_matrix.py",
    "confusion.when_learned": "pages/confusion/test_chosen_image.py",
    "draw.count_matrix": "pages/draw/test_own_digits.py",
    "draw.paste": "browser/test_paste.py",
    "widgets.chart_words": "pages/history/test_comparison.py",
    "widgets.tiles": "browser/test_confusion_page.py",
}


@pytest.mark.parametrize("module", [name.removeprefix("pages.ui.") for name in MODULES])
def test_every_module_has_a_test_file_in_the_same_room(module: str):
    *room, name = module.split(".")
    mirrored = TESTS.joinpath("pages", *room, f"test_{name}.py")

    if module in TESTED_ELSEWHERE:
        assert not mirrored.exists()
        assert (TESTS / TESTED_ELSEWHERE[module]).is_file()
    else:
        assert mirrored.is_file()
