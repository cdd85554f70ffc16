"""The Draw page: how soon a stroke on the canvas becomes ten new bars.

For a visitor who is alone and draws fifty digits: seconds of the server, from the canvas' report to
the end of the page's run; and seconds in a browser, from lifting the pen to the bars.
"""

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.table import Row, milliseconds_row, p95
from benchmarks.visitor import Answer, View, Visitor, visit
from pages.ui.widgets.tiles import data_uri
from tests import chromium
from tests.browser import canvas
from tests.browser.controls import settle
from tests.browser.server import Server, running_app
from tests.strokes import DRAWINGS, Drawing

_AT_MOST: Final = 0.12
_CANVAS: Final = "draw.canvas.0"
_BARS: Final = "Ten probabilities"
VIEW: Final = View("Draw", "draw", "run=best-mlp")


# Notes when the pen is lifted, and when the bars are others than before, or there at all.
_WATCH: Final = """
  const chart = ".st-key-draw-answer-0 [data-testid=stVegaLiteChart] svg";
  const bars = () => document.querySelector(chart)?.textContent ?? "";
  window.millisecondsToBars = [];
  document.addEventListener("mouseup", (event) => {
    const start = performance.now(), before = bars();
    const look = () => {
      if (bars() && bars() !== before) window.millisecondsToBars.push(performance.now() - start);
      else requestAnimationFrame(look);
    };
    if (event.target.matches("canvas.upper-canvas") || event.target.shadowRoot) look();
  }, true);
"""


def measure() -> list[Row]:
    """Measure strokes of fifty drawings, for the server alone and in a browser."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as server:
        return [_on_the_server(server), _in_a_browser(server)]


def _on_the_server(server: Server) -> Row:
    """Measure each drawing after another drawing."""
    with visit(server, VIEW) as visitor:
        visitor.rerun()
        answers = [draw(visitor, drawing) for drawing in (DRAWINGS[-1], *DRAWINGS)]
    bars = [_bars(answer) for answer in answers]
    assert all(one != other for one, other in pairwise(bars)), "the same bars"
    # The first one loads the modules of the page.
    seconds = p95([answer.seconds for answer in answers[1:]])
    return _row("a canvas stroke to new bars", seconds, _AT_MOST, "server time")


def _in_a_browser(server: Server) -> Row:
    """Measure the first stroke of each drawing, on an empty canvas."""
    milliseconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page()
        page.add_init_script(_WATCH)
        page.goto(f"{server.url}/Draw?run=best-mlp")
        for drawing in DRAWINGS:
            canvas.wait_for_paper(page)
            page.evaluate("window.millisecondsToBars = []")
            canvas.draw(page, drawing.strokes[0])
            page.wait_for_function("window.millisecondsToBars.length")
            milliseconds.append(page.evaluate("window.millisecondsToBars[0]"))
            settle(page)
            page.get_by_role("button", name="Clear", exact=True).click()
            canvas.heading(page).wait_for(state="detached")
        browser.close()
    return _row("lifting the pen to the first bars", p95(milliseconds) / 1e3, 0.3, "in a browser")


def _row(what: str, seconds: float, at_most: float, where: str) -> Row:
    return milliseconds_row(
        what, seconds, at_most=at_most, other=f"p95 of {len(DRAWINGS)}, {where}"
    )


def draw(visitor: Visitor, drawing: Drawing) -> Answer:
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
