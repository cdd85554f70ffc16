"""The table of the rooms in which the parts of pages stand."""

import ast

import pytest

from tests.imports import ROOT, imported_names, modules_in, packages, parse, sources_in

SOURCES = sources_in("pages/ui")
MODULES = modules_in(SOURCES)
WORKSHEETS = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
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


@pytest.mark.parametrize("module", MODULES)
def test_every_part_stands_in_a_room_of_the_table(module):
    _, _, room, *inside = module.split(".")

    assert room in MAY_IMPORT
    assert len(inside) == (0 if room in FILES else 1)


@pytest.mark.parametrize("module", MODULES)
def test_a_part_imports_only_its_own_room_and_those_below(module):
    imported = imported_names(parse(SOURCES[module])) & set(MODULES)

    assert {room_of(name) for name in imported} <= MAY_IMPORT[room_of(module)] | {room_of(module)}


@pytest.mark.parametrize("package", sorted(set(SOURCES) - set(MODULES)))
def test_opening_a_room_imports_nothing(package):
    (docstring,) = parse(SOURCES[package]).body

    assert isinstance(docstring, ast.Expr)


@pytest.mark.parametrize("path", [*WORKSHEETS, *SOURCES.values()], ids=str)
def test_no_page_imports_keras_or_tensorflow(path):
    assert not {"keras", "tensorflow"} & packages(imported_names(parse(path)))
