"""Drawing on the canvas of the Draw page with a mouse."""

import re

from playwright.sync_api import Locator, Page

from tests.strokes import Stroke
from tests.waiting import wait_until

HEADING = re.compile(r"^It reads (\d)")

ARE_BLACK = """(canvases) => canvases.map((canvas) => canvas.getContext("2d")
  .getImageData(0, 0, canvas.width, canvas.height).data
  .every((value, place) => value === (place % 4 === 3 ? 255 : 0)))"""
# Of all canvases, since an old one may still be there for a moment.
N_BRIGHT = """(canvases) => canvases.map((canvas) => canvas.getContext("2d")
  .getImageData(0, 0, canvas.width, canvas.height).data
  .filter((value, place) => value > 127 && place % 4 < 3).length / 3)"""


def bright_pixels(page: Page) -> list[float]:
    """Count what is drawn on each canvas that is there."""
    return page.locator("canvas.dc-canvas.lower-canvas").evaluate_all(N_BRIGHT)


def wait_for_paper(page: Page) -> None:
    """Wait until the one canvas is there and black: before, it does not take what is drawn."""
    papers = page.locator("canvas.dc-canvas.lower-canvas")
    wait_until(lambda: papers.evaluate_all(ARE_BLACK) == [True])


def draw(page: Page, stroke: Stroke, *, is_hasty: bool = False) -> None:
    """Draw one stroke with the mouse.

    Args:
        page: The Draw page.
        stroke: Where the mouse goes, in px from the top left corner of the canvas.
        is_hasty: Whether to begin at once, rather than when the canvas is at rest.
    """
    canvas = page.locator("canvas.upper-canvas")
    (x, y), *others = stroke
    if not is_hasty:
        canvas.hover(position={"x": x, "y": y})
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()


# Of these there can be two for a moment: what a rerun has moved, and behind it what was there.


def heading(page: Page) -> Locator:
    """Return the answer of the first network."""
    return page.locator(".st-key-draw-answer-0").get_by_role("heading", name=HEADING).first


def received(page: Page) -> Locator:
    """Return the picture that the networks receive."""
    return page.locator(".st-key-draw-received img").first
