"""The tests stand as the modules do: a test file in the same room for each that has logic."""

import ast
from pathlib import Path

import pytest

from tests.imports import ROOT, modules_in, parse, sources_in

SOURCES = sources_in("mnist_core")
MODULES = modules_in(SOURCES)
TESTS = ROOT / "tests" / "core"
MAX_LINES = 300

# The commands of the terminal are tested as one types them, in test_terminal.py.
TESTED_ELSEWHERE = {
    module: TESTS / "test_terminal.py"
    for module in MODULES
    if module == "mnist_core.__main__" or module.startswith("mnist_core.terminal.")
}
# Tables of the database, and one helper that declares four of them.
ONLY_DECLARES = {"mnist_core.store.schema"}
# These hold rules that all modules keep.
ABOUT_ALL_MODULES = {TESTS / "test_imports.py", TESTS / "test_mirror.py", TESTS / "test_recipes.py"}
# These go through a whole room: from pictures as people give them to what is read.
ABOUT_A_ROOM = {TESTS / "pictures" / "test_cases.py", TESTS / "pictures" / "test_scenes.py"}


def has_logic(tree: ast.Module) -> bool:
    """Whether a module does anything: not only constants, types and fields."""
    return any(does_something(node) for node in ast.walk(tree))


def does_something(node: ast.AST) -> bool:
    if isinstance(node, ast.Lambda):
        return True
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    # A docstring, or the three dots of a protocol, is no body.
    return not all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in node.body
    )


def mirrored(module: str) -> Path:
    """Say where the tests of a module stand."""
    *room, name = module.split(".")[1:]
    return TESTED_ELSEWHERE.get(module, TESTS.joinpath(*room, f"test_{name}.py"))


WITH_LOGIC = [name for name in MODULES if has_logic(parse(SOURCES[name]))]


@pytest.mark.parametrize("module", sorted(set(WITH_LOGIC) - ONLY_DECLARES))
def test_every_module_with_logic_has_a_test_file_in_the_same_room(module):
    path = mirrored(module)

    assert path.is_file()
    assert any(
        isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for node in ast.walk(parse(path))
    )


@pytest.mark.parametrize("path", sorted(TESTS.rglob("test_*.py")), ids=str)
def test_every_test_file_is_that_of_a_module(path):
    modules = {mirrored(module) for module in MODULES}

    assert path in modules | ABOUT_ALL_MODULES | ABOUT_A_ROOM


@pytest.mark.parametrize(
    "path",
    [ROOT / "app.py", *SOURCES.values(), *sources_in("pages").values()],
    ids=str,
)
def test_no_module_is_too_long_to_be_read_at_once(path):
    n_lines = len(path.read_text(encoding="utf-8").splitlines())

    assert n_lines <= MAX_LINES


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("LIMIT = 3\nclass Kind(StrEnum):\n    A = 'a'", False),
        ("class Failure(Exception):\n    'Something failed.'", False),
        ("class Reader(Protocol):\n    def read(self) -> str: ...", False),
        ("def read() -> str:\n    return 'a'", True),
        ("class Reader:\n    def read(self) -> str:\n        return 'a'", True),
        ("class Reader:\n    @property\n    def name(self) -> str:\n        return 'a'", True),
        ("TABLE = {'a': lambda x: x + 1}", True),
        ("if True:\n    def read() -> str:\n        return 'a'", True),
    ],
)
def test_logic_is_told_from_constants_types_and_fields(source, expected):
    assert has_logic(ast.parse(source)) is expected
