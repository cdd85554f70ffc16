"""Colours: legible, told apart, and the same for pages as for figures."""

import re

import pytest

from mnist_core.figures.palette import (
    FIGURE_COLOURS,
    PAGE_COLOURS,
    RUN_COLOURS,
    css_variables,
    rgb,
    run_colours,
)
from tests.core.figures.contrast import contrast, mixed, theme

THEMES = ["light", "dark"]


def shade(name: str, page: str) -> str:
    return PAGE_COLOURS[name][THEMES.index(page)]


def test_a_run_keeps_its_colour_in_another_company():
    assert run_colours([4, 9])[1] == run_colours([9])[0]


def test_runs_that_are_compared_have_different_colours():
    n = len(RUN_COLOURS)

    assert len(set(run_colours([1, 1 + n, 2]))) == 3
    assert len(set(run_colours(range(n)))) == n


def test_a_colour_is_red_green_and_blue():
    assert rgb("#0a80ff") == (10, 128, 255)


def test_the_page_knows_every_colour_by_its_name():
    variables = dict(re.findall(r"--mnist-([a-z-]+):([^;]+);", css_variables()))

    assert set(variables) == {*PAGE_COLOURS, *FIGURE_COLOURS}
    assert len(variables) == len(PAGE_COLOURS) + len(FIGURE_COLOURS)
    assert variables["quiet"] == FIGURE_COLOURS["quiet"]
    assert variables["miss"] == "light-dark({}, {})".format(*PAGE_COLOURS["miss"])


@pytest.mark.parametrize("page", THEMES)
@pytest.mark.parametrize("name", ["hit", "miss"])
def test_the_text_of_a_cell_is_legible_on_any_share_of_hit_or_miss(page: str, name: str):
    text = mixed(theme(page)["textColor"], "#000000", 1)

    for percent in range(101):
        cell = mixed(shade(name, page), shade("soft", page), percent / 100)
        assert contrast(cell, text) >= 4.5


@pytest.mark.parametrize("page", THEMES)
@pytest.mark.parametrize("name", ["hit", "miss"])
def test_the_frame_of_a_tile_stands_out_from_the_page(page: str, name: str):
    ground = mixed(theme(page)["backgroundColor"], "#000000", 1)

    assert contrast(mixed(shade(name, page), "#000000", 1), ground) >= 3


@pytest.mark.parametrize("page", THEMES)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_muted_text_is_legible(page: str, ground: str):
    text = mixed(shade("muted", page), "#000000", 1)

    assert contrast(text, mixed(theme(page)[ground], "#000000", 1)) >= 4.5


@pytest.mark.parametrize("page", THEMES)
def test_white_is_legible_on_the_accent(page: str):
    accent = mixed(theme(page)["primaryColor"], "#000000", 1)

    assert contrast(accent, mixed("#ffffff", "#000000", 1)) >= 4.5


def test_the_number_of_a_pixel_without_ink_is_legible():
    text = mixed(FIGURE_COLOURS["blank"], "#000000", 1)

    assert contrast(text, mixed("#000000", "#000000", 1)) >= 4.5


@pytest.mark.parametrize("page", THEMES)
def test_the_page_has_the_colours_of_its_theme(page: str):
    assert shade("soft", page) == theme(page)["secondaryBackgroundColor"]
    assert shade("line", page) == theme(page)["borderColor"]
