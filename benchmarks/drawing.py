"""The Draw page: how soon a stroke on the canvas becomes ten new bars.

Seconds of the server, from the canvas' report to the end of the page's run, for a visitor who is
alone and draws fifty digits.
"""

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.table import Row, p95
from benchmarks.visitor import Answer, View, Visitor, visit
from pages.ui.tiles import data_uri
from tests.browser.server import running_app
from tests.strokes import DRAWINGS, Drawing

_AT_MOST: Final = 0.12
_CANVAS: Final = "draw.canvas.0"
_BARS: Final = "Ten probabilities"
_VIEW: Final = View("Draw", "draw", "run=best-mlp")


def measure() -> list[Row]:
    """Measure strokes of fifty drawings, each after another drawing."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as server,
        visit(server, _VIEW) as visitor,
    ):
        visitor.rerun()
        answers = [_draw(visitor, drawing) for drawing in (DRAWINGS[-1], *DRAWINGS)]
    bars = [_bars(answer) for answer in answers]
    assert all(one != other for one, other in pairwise(bars)), "the same bars"
    # The first one loads the modules of the page.
    seconds = p95([answer.seconds for answer in answers[1:]])
    return [
        Row(
            what="a canvas stroke to new bars",
            ours=f"{1e3 * seconds:.0f} ms",
            other=f"p95 of {len(DRAWINGS)}, server time",
            figure=1e3 * seconds,
            at_most=1e3 * _AT_MOST,
            unit=" ms",
        )
    ]


def _draw(visitor: Visitor, drawing: Drawing) -> Answer:
    """Report a drawing as the canvas does, and see that it is read."""
    objects = [{"type": "Path", "path": stroke} for stroke in drawing.strokes]
    pixels = np.asarray(drawing.picture().convert("RGBA"))
    picture = {"raw": {"objects": objects}, "data": data_uri(pixels)}
    answer = visitor.report(_CANVAS, {"drawing": picture, "backgroundFit": None})
    texts = [message.delta.new_element.markdown.body for message in answer.messages]
    assert any("It reads" in text for text in texts), f"{drawing} was not read"
    return answer


def _bars(answer: Answer) -> bytes:
    """Return the ten probabilities, as they were sent to the first chart."""
    charts = [message.delta.new_element.vega_lite_chart for message in answer.messages]
    chart = next(chart for chart in charts if chart.alt == _BARS)
    return b"".join(dataset.data.data for dataset in chart.datasets) + chart.data.data
