"""Long rows of images, page by page."""

import pytest

from pages.ui.widgets.paging import PAGE_SIZE
from tests.pages.conftest import app_from_function


def script(n: int, shown: int) -> None:
    import numpy as np
    import streamlit as st

    from pages.ui.widgets import paging

    st.code(paging.choose_page(np.arange(n), key="test.page", shown=shown).tolist())


def on_page(n: int, shown: int = 0) -> list[int]:
    app = app_from_function(script, n, shown).run()
    assert not app.exception
    return [int(number) for number in app.code[0].value.strip("[]").split(", ")]


@pytest.mark.parametrize("n", [1, PAGE_SIZE])
def test_few_are_all_on_one_page(n: int):
    assert on_page(n) == list(range(n))


def test_many_begin_with_the_first_page():
    assert on_page(PAGE_SIZE + 1) == list(range(PAGE_SIZE))


@pytest.mark.parametrize("shown", [PAGE_SIZE, 2 * PAGE_SIZE - 1])
def test_the_page_of_the_shown_one_is_opened_first(shown: int):
    assert on_page(3 * PAGE_SIZE, shown) == list(range(PAGE_SIZE, 2 * PAGE_SIZE))


def test_the_last_page_holds_what_is_left():
    assert on_page(PAGE_SIZE + 3, PAGE_SIZE) == [PAGE_SIZE, PAGE_SIZE + 1, PAGE_SIZE + 2]
