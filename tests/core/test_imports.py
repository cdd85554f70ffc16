import ast
import graphlib
import json
import re
import subprocess
import sys

import pytest

from tests.imports import (
    ROOT,
    imported_names,
    modules_in,
    names_at_module_level,
    packages,
    parse,
    rooms_within,
    sources_in,
)

SOURCES = sources_in("mnist_core")
MODULES = modules_in(SOURCES)
# Only this room imports Keras and TensorFlow, and nothing imports it at module level.
TRAINING = "mnist_core.training"
WITHOUT_KERAS = [name for name in MODULES if not name.startswith(f"{TRAINING}.")]
PACKAGES = sorted(set(SOURCES) - set(MODULES))


def core_modules(names: set[str]) -> set[str]:
    return names & set(MODULES)


@pytest.mark.parametrize("module", SOURCES)
def test_the_core_knows_no_screen(module):
    imported = packages(imported_names(parse(SOURCES[module])))

    assert not {"streamlit", "app", "pages", "tests", "benchmarks"} & imported


@pytest.mark.parametrize("module", [*PACKAGES, *WITHOUT_KERAS])
def test_only_the_room_of_training_imports_keras(module):
    assert not {"keras", "tensorflow"} & packages(imported_names(parse(SOURCES[module])))


@pytest.mark.parametrize("module", WITHOUT_KERAS)
def test_a_page_can_import_it_without_loading_keras(module):
    names = names_at_module_level(parse(SOURCES[module]))

    assert "training" not in rooms_within("mnist_core", names)


@pytest.mark.parametrize("module", SOURCES)
def test_what_is_imported_stands_in_a_statement(module):
    # What is imported by a text at run time, no table of layers sees.
    assert not {"importlib", "runpy"} & packages(imported_names(parse(SOURCES[module])))
    assert "__import__" not in SOURCES[module].read_text(encoding="utf-8")


def test_the_arrows_between_modules_go_one_way():
    arrows = {module: core_modules(imported_names(parse(SOURCES[module]))) for module in MODULES}

    order = list(graphlib.TopologicalSorter(arrows).static_order())

    assert set(order) == set(MODULES)


# Each room imports only from the layers above its own line, and from itself.
LAYERS = [
    {"errors", "i18n", "arrays", "npz"},
    {"settings", "pictures"},
    {"data"},
    {"network", "evaluation"},
    {"runs"},
    {"store", "training", "figures", "exchange"},
    {"workers"},
    {"terminal"},
    {"__main__"},
]
LAYER_OF = {room: layer for layer, rooms in enumerate(LAYERS) for room in rooms}
# What the first and the last layer name are files; all else are rooms, without rooms inside.
FILES = LAYERS[0] | LAYERS[-1]


def room_of(module: str) -> str:
    """Name the room a module of the core stands in; what stands at the top is its own."""
    return module.split(".")[1]


@pytest.mark.parametrize("module", MODULES)
def test_every_file_stands_in_a_room_of_the_table(module):
    _, room, *inside = module.split(".")

    assert room in LAYER_OF
    assert len(inside) == (0 if room in FILES else 1)


def test_the_rooms_are_those_of_the_table():
    rooms = {name.removeprefix("mnist_core.") for name in set(PACKAGES) - {"mnist_core"}}

    assert rooms == set(LAYER_OF) - FILES


def test_the_documents_name_the_rooms_and_their_layers():
    readme, contributing = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")
    )
    (table,) = re.findall(r"^    mnist_core +(.+?)^    pages/ui", contributing, re.M | re.S)

    assert [set(re.findall(r"\w+", layer)) for layer in table.split("<")] == LAYERS
    assert set(re.findall(r"^        (\w+)/ ", readme, re.M)) == set(LAYER_OF) - FILES | {"locale"}


@pytest.mark.parametrize("package", sorted(set(PACKAGES) - {"mnist_core"}))
def test_opening_a_room_imports_nothing(package):
    (docstring,) = parse(SOURCES[package]).body

    assert isinstance(docstring, ast.Expr)


def test_opening_the_core_loads_no_room():
    assert packages(imported_names(parse(SOURCES["mnist_core"]))) <= sys.stdlib_module_names


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_only_what_stands_below_it(module):
    room = room_of(module)
    imported = rooms_within("mnist_core", imported_names(parse(SOURCES[module])))

    # The files of the first layer may import each other.
    below = {other for other, layer in LAYER_OF.items() if layer < max(1, LAYER_OF[room])}
    assert imported <= below | {room}


@pytest.mark.parametrize(
    ("source", "rooms", "rooms_at_module_level"),
    [
        ("import mnist_core.training.train", {"training"}, {"training"}),
        ("from mnist_core import store", {"store"}, {"store"}),
        ("from mnist_core.store.run_store import RunStore", {"store"}, {"store"}),
        ("from mnist_core.errors import MnistCoreError", {"errors"}, {"errors"}),
        ("def train():\n    from mnist_core.training import train", {"training"}, set()),
        ("class Trainer:\n    from mnist_core.training import train", {"training"}, {"training"}),
        ("try:\n    import mnist_core.npz\nexcept OSError: ...", {"npz"}, {"npz"}),
        ("import numpy, mnist_core", set(), set()),
        ("from mnist_core_of_others import store", set(), set()),
    ],
)
def test_imports_are_found_wherever_they_stand(source, rooms, rooms_at_module_level):
    tree = ast.parse(source)

    assert rooms_within("mnist_core", imported_names(tree)) == rooms
    assert rooms_within("mnist_core", names_at_module_level(tree)) == rooms_at_module_level


# Runs in a process of its own, and reports what importing the modules does to the world.
WATCHER = """
import importlib, json, os, sys

touched = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = {"os.mkdir", "os.remove", "os.rename", "sqlite3.connect", "socket.connect"}


def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if set(mode or "") & set("wax+") or flags & WRITING:
            touched.append(str(path))
    elif event in EVENTS:
        touched.append(f"{event} {arguments[0]}")


sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
loaded = [name for name in ("keras", "streamlit", "tensorflow") if name in sys.modules]
print(json.dumps({"touched": touched, "loaded": loaded}))
"""


def import_in_new_process(modules: list[str]) -> tuple[dict[str, list[str]], str]:
    """Import modules; return what they touched and loaded, and what they printed besides."""
    result = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", WATCHER, *modules],
        capture_output=True,
        text=True,
        check=True,
    )
    *printed, report = result.stdout.splitlines()
    return json.loads(report), "".join(printed) + result.stderr


def test_importing_what_pages_use_prints_nothing_and_touches_nothing():
    report, printed = import_in_new_process(WITHOUT_KERAS)

    assert printed == ""
    assert report == {"touched": [], "loaded": []}


def test_importing_what_workers_use_prints_nothing_and_leaves_the_app_alone():
    report, printed = import_in_new_process(sorted(set(MODULES) - set(WITHOUT_KERAS)))

    # TensorFlow and Keras keep a file of their own in the home directory.
    app = str(ROOT)
    assert [path for path in report["touched"] if app in path] == []
    assert printed == ""
