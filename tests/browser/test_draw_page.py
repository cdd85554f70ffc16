"""Fifty digits drawn with the mouse, and what the network reads."""

import re

import pytest
from playwright.sync_api import Page, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.server import Server
from tests.strokes import DRAWINGS, PENS, SIDE, Drawing, Stroke
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

AT_LEAST = 45  # of the fifty
HEADING = re.compile(r"^It reads (\d)")

IS_BLACK = """(canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  .data.every((value, place) => value === (place % 4 === 3 ? 255 : 0))"""


def is_end_of_run(frame: bytes | str) -> bool:
    """Tell whether the server says that the page's script has run."""
    return isinstance(frame, bytes) and (
        ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"
    )


def set_pen(page: Page, socket: WebSocket, width: int) -> None:
    """Choose the width of the pen, in px: go to the nearest end of the slider, and on from there.

    The page has seen each key before the next is pressed, so the canvas has the width at the end.
    """
    slider = page.locator(".st-key-draw-pen").get_by_role("slider")
    ends = {"Home": int(slider.get_attribute("min")), "End": int(slider.get_attribute("max"))}

    def distance() -> int:
        return width - int(slider.input_value())

    def press(key: str) -> None:
        with socket.expect_event("framereceived", is_end_of_run):
            slider.press(key)

    nearest = min(ends, key=lambda key: abs(width - ends[key]))
    if abs(width - ends[nearest]) < abs(distance()):
        press(nearest)
    while distance():
        press("ArrowRight" if distance() > 0 else "ArrowLeft")


def wait_for_paper(page: Page) -> None:
    """Wait until the canvas is there and black: before, it does not take what is drawn."""
    paper = page.locator("canvas.dc-canvas.lower-canvas")
    wait_until(lambda: paper.evaluate(IS_BLACK))


def draw(page: Page, stroke: Stroke) -> None:
    canvas = page.locator("canvas.upper-canvas")
    first, *others = stroke
    canvas.hover(position={"x": SIDE / 2, "y": SIDE / 2})
    # Only now its tool bar moves out of the way.
    canvas.hover(position={"x": first[0], "y": first[1]})
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.down()
    for x, y in others:
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()


def read(page: Page, drawing: Drawing) -> int:
    """Draw on an empty canvas, stroke by stroke, each seen by the network; return what it reads."""
    received = page.get_by_role("img", name="The digit as 28 × 28 pixels").first
    first, *others = drawing.strokes
    wait_for_paper(page)
    draw(page, first)
    expect(received).to_be_visible()
    for stroke in others:
        seen = received.get_attribute("src")
        draw(page, stroke)
        expect(received).not_to_have_attribute("src", seen or "")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    found = HEADING.search(heading(page).inner_text())
    assert found, drawing
    return int(found[1])


def heading(page: Page):
    return page.locator(".st-key-draw-answer-0").get_by_role("heading", name=HEADING)


def test_digits_are_read_small_and_large_in_corners_with_a_thin_and_a_thick_pen(
    page: Page, server: Server
):
    with page.expect_websocket() as opened:
        page.goto(f"{server.url}/Draw?run=best-mlp")
    wait_for_paper(page)
    readings = {}
    for kind, width in PENS.items():
        set_pen(page, opened.value, width)
        for drawing in (drawing for drawing in DRAWINGS if drawing.kind == kind):
            readings[drawing] = read(page, drawing)
            page.get_by_role("button", name="Clear").click()
            expect(heading(page)).to_have_count(0)

    wrong = [f"{drawing}: {digit}" for drawing, digit in readings.items() if digit != drawing.digit]

    assert len(readings) == 50
    assert len(readings) - len(wrong) >= AT_LEAST, wrong
