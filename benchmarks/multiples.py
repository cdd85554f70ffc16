"""Page times as multiples of what an empty Streamlit page needs, measured in turn with it.

Milliseconds say as much of a machine as of the app; a multiple says what the app adds to Streamlit.
The unit is the median rerun of a page with one button and nothing else, measured between the
reruns of each page, over the same client.

    python -m benchmarks.multiples

In a worktree of an earlier version, with this file, `visitor.py`, `mistakes.py` and `drawing.py`
copied into its `benchmarks/`, it measures that version.
"""

import contextlib
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks import drawing, mistakes
from benchmarks.visitor import View, Visitor, visit
from mnist_core.store.run_store import RunStore
from pages.ui.layout import PAGES
from tests.browser.server import Server, running_app
from tests.strokes import DRAWINGS

_N_RERUNS: Final = 30
_N_UNCOUNTED: Final = 5  # before them: the first ones load modules and fill caches
_N_RUNS: Final = (10, 60, 500)  # of a visitor, on History
_N_FIRST_VIEWS: Final = 7

_EMPTY: Final = View("Nothing but a button", "empty")
_EMPTY_APP: Final = f'import streamlit as st\n\nst.button("{_EMPTY.name}")\n'
_CONFUSION: Final = View("Confusion", "confusion", f"run={mistakes.RUN}")


def measure() -> dict[str, float]:
    """Return each median as a multiple of the median of the empty page's reruns beside it."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folders = [Path(name) / part for part in ("app", "empty")]
        for folder in folders:
            folder.mkdir()
        empty_app = folders[1] / "empty.py"
        empty_app.write_text(_EMPTY_APP, encoding="utf-8")
        server = stack.enter_context(running_app(folders[0]))
        empty = stack.enter_context(running_app(folders[1], app=str(empty_app)))
        unit = stack.enter_context(visit(empty, _EMPTY))
        store = stack.enter_context(contextlib.closing(RunStore(server.runs_url)))
        for _ in range(_N_UNCOUNTED):
            unit.rerun()
        return dict(_all(server, store, unit))


def _all(server: Server, store: RunStore, unit: Visitor) -> Iterator[tuple[str, float]]:
    for slug, info in PAGES.items():
        with visit(server, View(info.title, slug)) as visitor:
            yield f"{info.title}, a rerun", _multiple(lambda: visitor.rerun().seconds, unit)
    yield "Confusion, a click on a cell to its images", _cells(server, unit)
    yield "Confusion, an image with all that explains it", _images(server, unit)
    yield "Draw, a stroke to its bars", _strokes(server, unit)
    yield "Confusion, first view of a stored run", _first_views(server, store, unit)
    n_stored = _N_FIRST_VIEWS + 1
    for n_runs in _N_RUNS:
        for _ in range(n_runs - n_stored):
            mistakes.store_run(store, n_epochs=1)
        n_stored = n_runs
        with visit(server, View("History", "history")) as visitor:
            multiple = _multiple(lambda: visitor.rerun().seconds, unit)
        yield f"History with {n_runs} runs, a rerun", multiple


def _multiple(seconds: Callable[[], float], unit: Visitor, *, n: int = _N_RERUNS) -> float:
    """Measure in turn with the empty page, so that both see the same machine."""
    for _ in range(_N_UNCOUNTED):
        seconds()
    pairs = [(seconds(), unit.rerun().seconds) for _ in range(n)]
    ours, empty = (statistics.median(column) for column in zip(*pairs, strict=True))
    return ours / empty


def _cells(server: Server, unit: Visitor) -> float:
    cells = iter([(i, j) for i in range(10) for j in range(10)])
    with visit(server, _CONFUSION) as visitor:
        visitor.rerun()
        return _multiple(lambda: mistakes.open_cell(visitor, next(cells)).seconds, unit)


def _images(server: Server, unit: Visitor) -> float:
    with visit(server, _CONFUSION) as visitor:
        visitor.rerun()
        indices = iter(mistakes.indices_of(mistakes.open_cell(visitor, (0, 0))))
        return _multiple(lambda: mistakes.open_image(visitor, next(indices)).seconds, unit)


def _strokes(server: Server, unit: Visitor) -> float:
    drawings = iter(DRAWINGS)
    with visit(server, drawing.VIEW) as visitor:
        visitor.rerun()
        return _multiple(lambda: drawing.draw(visitor, next(drawings)).seconds, unit)


def _first_views(server: Server, store: RunStore, unit: Visitor) -> float:
    pairs = []
    for _ in range(_N_FIRST_VIEWS + 1):
        view = View("Confusion", "confusion", f"run={mistakes.store_run(store)}")
        with visit(server, view) as visitor:
            pairs.append((visitor.rerun().seconds, unit.rerun().seconds))
    ours, empty = (statistics.median(column) for column in zip(*pairs[1:], strict=True))
    return ours / empty


if __name__ == "__main__":
    for what, multiple in measure().items():
        print(f"{what:48} {multiple:5.1f} x", flush=True)
