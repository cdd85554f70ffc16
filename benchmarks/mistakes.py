"""The Confusion page: how soon it shows a stored run, and the images behind a cell.

Seconds of the server, from a request to the end of the page's run, for a visitor who is alone.
"""

import contextlib
import dataclasses
import json
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.table import Row, milliseconds_row, p95
from benchmarks.visitor import Answer, View, Visitor, visit
from mnist_core.store.run_store import RunStore
from tests.browser.server import Server, running_app

_N_VIEWS: Final = 7
_N_CLICKS: Final = 50
_N_EPOCHS: Final = 50
RUN: Final = "mlp-512"
_TILES: Final = "confusion.tiles"
_DIAGONAL: Final = [(digit, digit) for digit in range(10)]  # of a thousand images each
_MATRIX: Final = "confusion.matrix"


def measure() -> list[Row]:
    """Measure first views of stored runs, clicks on cells, and a page full of images."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as server,
        contextlib.closing(RunStore(server.runs_url)) as store,
    ):
        return [_first_view(server, store), *_clicks(server), _choice(server, store)]


def store_run(store: RunStore, *, n_epochs: int = _N_EPOCHS) -> str:
    """Store what a baseline reached as a run of many epochs; return its id."""
    baseline = store.get(RUN)
    assert baseline.result is not None
    claim = store.create_claimed(baseline.config, name="stored")
    answers = store.epoch(RUN, baseline.result.n_epochs)
    for epoch in range(1, n_epochs + 1):
        store.save_epoch(claim, epoch, answers)
    store.finish(
        claim,
        history=baseline.history,
        result=dataclasses.replace(baseline.result, epoch_seconds=(0.5,) * n_epochs),
        weights=store.network(RUN).weights,
    )
    return claim.run_id


def _first_view(server: Server, store: RunStore) -> Row:
    seconds = []
    for _ in range(_N_VIEWS + 1):
        view = View("Confusion", "confusion", f"run={store_run(store)}")
        with visit(server, view) as visitor:
            seconds.append(visitor.rerun().seconds)
    # The first one loads the data set and the page's modules.
    return _row("first view of a stored run", statistics.median(seconds[1:]), 0.3, "median")


def _clicks(server: Server) -> list[Row]:
    cells = random.Random(0).sample([(i, j) for i in range(10) for j in range(10)], _N_CLICKS)
    # What a visitor has seen before is not sent again.
    unseen = next(cell for cell in _DIAGONAL if cell not in cells)
    with visit(server, View("Confusion", "confusion", f"run={RUN}")) as visitor:
        visitor.rerun()
        seconds = [open_cell(visitor, cell).seconds for cell in cells]
        full = open_cell(visitor, unseen)
    n_images = len(_tiles(full))
    assert n_images == 40, n_images
    return [
        _row("a click on a cell to its images", p95(seconds), 0.12, f"p95 of {_N_CLICKS}"),
        Row(
            what="40 images in one response",
            ours=f"{full.n_bytes / 1e3:.0f} kB",
            other="the whole response to the click",
            figure=full.n_bytes / 1e3,
            at_most=150,
            unit=" kB",
        ),
    ]


def _choice(server: Server, store: RunStore) -> Row:
    """Choose one image after the other, which explains each; the first waits for the index."""
    view = View("Confusion", "confusion", f"run={store_run(store)}")
    with visit(server, view) as visitor:
        visitor.rerun()
        indices = indices_of(open_cell(visitor, _DIAGONAL[0]))
        seconds = [open_image(visitor, index).seconds for index in indices]
    return _row("a click on an image to all that explains it", p95(seconds), 0.15, "p95 of 40")


def open_cell(visitor: Visitor, cell: tuple[int, int]) -> Answer:
    """Click on a cell of the matrix."""
    answer = visitor.trigger(_MATRIX, "choice", cell)
    assert tuple(_data(answer, _MATRIX)["chosen"]) == cell, f"{cell} did not open"
    return answer


def open_image(visitor: Visitor, index: int) -> Answer:
    """Click on an image of the gallery."""
    return visitor.trigger(_TILES, "index", index)


def indices_of(answer: Answer) -> list[int]:
    """Return the indices of the images of the gallery that an answer shows."""
    return [tile["index"] for tile in _tiles(answer)]


def _tiles(answer: Answer) -> list[dict[str, Any]]:
    tiles: list[dict[str, Any]] = _data(answer, _TILES)["tiles"]
    return tiles


def _data(answer: Answer, key: str) -> dict[str, Any]:
    """Return what a component was given to show."""
    components = [message.delta.new_element.bidi_component for message in answer.messages]
    (component,) = (component for component in components if component.id.endswith(key))
    data: dict[str, Any] = json.loads(component.json)
    return data


def _row(what: str, seconds: float, at_most: float, statistic: str) -> Row:
    return milliseconds_row(what, seconds, at_most=at_most, other=f"{statistic}, server time")
