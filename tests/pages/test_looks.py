"""The looks of the pages: one palette."""

import re
from pathlib import Path

import pytest

from mnist_core.figures.palette import FIGURE_COLOURS, PAGE_COLOURS
from pages import ui

FOLDER = Path(ui.__file__).parent
SOURCES = [path for path in FOLDER.rglob("*.*") if path.suffix in (".css", ".js", ".py")]
COLOURS = {*FIGURE_COLOURS.values(), *(shade for pair in PAGE_COLOURS.values() for shade in pair)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_page_takes_its_colours_from_the_palette_by_name(path: Path):
    text = path.read_text(encoding="utf-8").lower()

    assert [colour for colour in sorted(COLOURS) if colour in text] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_colour_a_page_names_is_in_the_palette(path: Path):
    names = {*PAGE_COLOURS, *FIGURE_COLOURS}

    used = re.findall(r"var\(--mnist-([a-z]+)\)", path.read_text(encoding="utf-8"))

    assert set(used) <= names
