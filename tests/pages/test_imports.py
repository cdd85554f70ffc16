"""The table of the rooms in which the parts of pages stand."""

import ast
import graphlib
import re

import pytest

from tests.imports import (
    ROOT,
    dotted,
    imported_names,
    modules_in,
    packages,
    parse,
    rooms_within,
    sources_in,
)

SOURCES = sources_in("pages/ui")
MODULES = modules_in(SOURCES)
WORKSHEETS = {dotted(path): path for path in sorted((ROOT / "pages").glob("[0-9]*.py"))}
WORKSHEETS["app"] = ROOT / "app.py"
PAGE_ROOMS = {"home", "samples", "train", "history", "confusion", "draw"}
FILES = {"layout", "home", "samples"}
# Of the other rooms, what each may import; all may import the core.
MAY_IMPORT = {
    "base": set(),
    "widgets": {"base"},
    "layout": {"base", "widgets"},
    **{room: {"base", "widgets", "layout"} for room in PAGE_ROOMS},
}


def room_of(module: str) -> str:
    """Name the room of a part; a file that stands directly in `pages/ui/` is its own."""
    return module.split(".")[2]


def room_of_worksheet(name: str) -> str:
    """Name the room of a page: `train` of `pages.2_Train`, `home` of `app`."""
    return "home" if name == "app" else name.split("_")[1].lower()


@pytest.mark.parametrize("module", MODULES)
def test_every_part_stands_in_a_room_of_the_table(module):
    _, _, room, *inside = module.split(".")

    assert room in MAY_IMPORT
    assert len(inside) == (0 if room in FILES else 1)


def test_the_rooms_are_those_of_the_table():
    rooms = {name.removeprefix("pages.ui.") for name in set(SOURCES) - set(MODULES) - {"pages.ui"}}

    assert rooms == set(MAY_IMPORT) - FILES


def test_contributing_names_the_rooms_and_their_layers():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^    pages/ui +(.+)$", text, re.M)
    layers = [set(layer.split(", ")) for layer in table.split(" < ")]

    below: set[str] = set()
    for layer in layers:
        assert {room: MAY_IMPORT[room] for room in layer} == dict.fromkeys(layer, below)
        below = below | layer
    assert below == set(MAY_IMPORT)


def test_what_is_no_page_stands_in_the_rooms():
    assert set(sources_in("pages")) == {"pages", *SOURCES, *WORKSHEETS} - {"app"}


@pytest.mark.parametrize("module", MODULES)
def test_a_part_imports_only_its_own_room_and_those_below(module):
    names = imported_names(parse(SOURCES[module]))

    assert rooms_within("pages.ui", names) <= MAY_IMPORT[room_of(module)] | {room_of(module)}
    assert rooms_within("pages", names) <= {"ui"}


@pytest.mark.parametrize("name", WORKSHEETS)
def test_a_page_imports_no_room_of_another_page(name):
    names = imported_names(parse(WORKSHEETS[name]))
    room = room_of_worksheet(name)

    assert rooms_within("pages.ui", names) <= MAY_IMPORT[room] | {room}
    assert rooms_within("pages", names) <= {"ui"}


def test_the_arrows_between_parts_go_one_way():
    arrows = {name: imported_names(parse(SOURCES[name])) & set(MODULES) for name in MODULES}

    assert set(graphlib.TopologicalSorter(arrows).static_order()) == set(MODULES)


@pytest.mark.parametrize("package", ["pages", *sorted(set(SOURCES) - set(MODULES))])
def test_opening_a_room_imports_nothing(package):
    (docstring,) = parse(sources_in("pages")[package]).body

    assert isinstance(docstring, ast.Expr)


@pytest.mark.parametrize("path", [*WORKSHEETS.values(), *SOURCES.values()], ids=str)
def test_no_page_imports_keras_or_what_does(path):
    names = imported_names(parse(path))

    assert not {"keras", "tensorflow", "tests", "benchmarks"} & packages(names)
    assert "training" not in rooms_within("mnist_core", names)
    assert not {"importlib", "runpy"} & packages(names)
