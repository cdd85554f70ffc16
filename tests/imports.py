"""What the sources import, read from their text."""

import ast
from pathlib import Path

import mnist_core

ROOT = Path(mnist_core.__file__).parents[1]


def sources_in(folder: str) -> dict[str, Path]:
    """List the sources in a folder and below, by their dotted names; a package by its folder."""
    return {dotted(path): path for path in sorted((ROOT / folder).rglob("*.py"))}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def modules_in(sources: dict[str, Path]) -> list[str]:
    """Name the sources that are no packages."""
    return [name for name, path in sources.items() if path.name != "__init__.py"]


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(tree: ast.AST) -> set[str]:
    """List what import statements name, those inside functions too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def names_at_module_level(tree: ast.Module) -> set[str]:
    """List what is imported when the module is: not inside a function."""
    names = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= imported_names(node)
        waiting += [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        ]
    return names


def rooms_within(package: str, names: set[str]) -> set[str]:
    """Name the rooms and the files directly in a package that imported names stand in.

    A room counts that is imported as a whole, too: `from mnist_core import store`.
    """
    return {
        name.removeprefix(f"{package}.").split(".")[0]
        for name in names
        if name.startswith(f"{package}.")
    }


def packages(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}
