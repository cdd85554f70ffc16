"""The looks of the pages: one palette."""

import re
from pathlib import Path

import pytest

from mnist_core.figures.palette import FIGURE_COLOURS, PAGE_COLOURS
from pages import ui

FOLDER = Path(ui.__file__).parent
SOURCES = [path for path in FOLDER.rglob("*.*") if path.suffix in (".css", ".js", ".py")]
BLACK_AND_WHITE = {"#000", "#fff", "#000000", "#ffffff"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_page_takes_its_colours_from_the_palette_by_name(path: Path):
    text = path.read_text(encoding="utf-8").lower()

    assert set(re.findall(r"#[0-9a-f]{3,8}\b", text)) <= BLACK_AND_WHITE


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_colour_a_page_names_is_in_the_palette(path: Path):
    names = {*PAGE_COLOURS, *FIGURE_COLOURS}

    used = re.findall(r"var\(--mnist-([a-z-]+)\)", path.read_text(encoding="utf-8"))

    assert set(used) <= names
