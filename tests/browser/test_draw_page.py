"""Fifty digits drawn with the mouse, and what the network reads."""

import base64
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mnist_core.data.dataset import load_dataset
from mnist_core.errors import RunStoreError
from mnist_core.store.claim import Claim
from mnist_core.store.run_store import RunStore
from pages.ui.layout import PAGES
from tests.browser.canvas import (
    HEADING,
    bright_pixels,
    draw,
    heading,
    received,
    wait_for_paper,
)
from tests.browser.controls import settle
from tests.browser.server import Server
from tests.core.pictures.test_sheet import grid, on_paper, sheet_of
from tests.core.samples import black_on_white, file_bytes
from tests.strokes import DRAWINGS, PENS, Drawing
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

AT_LEAST = 45  # of the fifty


def is_end_of_run(frame: bytes | str) -> bool:
    """Tell whether the server says that the page's script has run."""
    return isinstance(frame, bytes) and (
        ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"
    )


def set_pen(page: Page, socket: WebSocket, width: int) -> None:
    """Choose the width of the pen, in px: go to the nearest end of the slider, and on from there.

    The page has seen each key before the next is pressed, so the canvas has the width at the end.
    """
    settle(page)  # or the end of an earlier run would be taken for that of the first key
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


def read(page: Page, drawing: Drawing) -> int:
    """Draw on an empty canvas, stroke by stroke, each seen by the network; return what it reads."""
    first, *others = drawing.strokes
    wait_for_paper(page)
    draw(page, first)
    expect(received(page)).to_be_visible()
    for stroke in others:
        seen = received(page).get_attribute("src")
        draw(page, stroke)
        expect(received(page)).not_to_have_attribute("src", seen or "")
    settle(page)
    found = HEADING.search(heading(page).inner_text())
    assert found, drawing
    return int(found[1])


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
            expect(received(page)).to_have_count(0)

    wrong = [f"{drawing}: {digit}" for drawing, digit in readings.items() if digit != drawing.digit]

    assert len(readings) == 50
    assert len(readings) - len(wrong) >= AT_LEAST, wrong


NEVER_AFTER_200_MS = """
  const setTimeout = window.setTimeout;
  window.setTimeout = (work, delay, ...more) =>
    delay === 200 ? 0 : setTimeout(work, delay, ...more);
"""
PASTE = """(base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "digit.png", { type: "image/png" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""
ONE = ((140, 60), (140, 220))


def choose_tool(page: Page, name: str) -> None:
    page.locator(".st-key-draw-tool").get_by_text(name, exact=True).click()
    expect(page.locator(".st-key-draw-tool [aria-checked=true]")).to_have_text(name)
    settle(page)


def open_draw(page: Page, server: Server, query: str = "run=best-mlp") -> None:
    page.goto(f"{server.url}/Draw?{query}")
    wait_for_paper(page)
    settle(page)


def test_lifting_the_pen_is_told_at_once(page: Page, server: Server):
    # Without the 200 ms that the canvas itself waits for after each stroke.
    page.add_init_script(NEVER_AFTER_200_MS)
    open_draw(page, server)

    draw(page, ONE)

    expect(heading(page)).to_contain_text("It reads 1")


@pytest.mark.parametrize("is_tool_changed", [False, True])
def test_a_stroke_may_begin_in_the_corner_where_the_canvas_has_tools(
    page: Page, server: Server, is_tool_changed: bool
):
    open_draw(page, server)
    if is_tool_changed:
        for tool in ("Eraser", "Pen"):
            choose_tool(page, tool)

    draw(page, ((272, 6), (270, 60), (265, 130), (262, 190)), is_hasty=True)

    expect(heading(page)).to_contain_text("It reads 1")


def test_a_drawing_gives_ten_probabilities(page: Page, server: Server):
    open_draw(page, server)

    draw(page, ONE)

    shares = page.locator(".st-key-draw-answer-0 svg .mark-text.role-mark text")
    expect(shares).to_have_count(10)
    total = sum(float(text.rstrip("%")) for text in shares.all_text_contents())
    assert total == pytest.approx(100, abs=1)


def test_every_stroke_stays_on_the_canvas_and_through_a_page_switch(page: Page, server: Server):
    open_draw(page, server)
    pictures = [""]
    # The strokes of a 4, each seen by the network before the next is drawn.
    for line in [((90, 60), (70, 150)), ((70, 150), (200, 150)), ((160, 80), (160, 240))]:
        (before,) = bright_pixels(page)
        draw(page, line)
        expect(received(page)).not_to_have_attribute("src", pictures[-1])
        pictures.append(received(page).get_attribute("src") or "")
        assert bright_pixels(page)[0] > before + 500
    expect(heading(page)).to_contain_text("It reads 4")
    drawn = bright_pixels(page)

    page.get_by_role("link", name="Samples", exact=True).click()
    expect(page.get_by_role("heading", name=PAGES["samples"].question)).to_be_visible()
    page.get_by_role("link", name="Draw", exact=True).click()

    expect(heading(page)).to_contain_text("It reads 4")
    wait_until(lambda: bright_pixels(page) == pytest.approx(drawn, abs=200))


def test_a_finger_draws_and_the_page_stays_where_it_is(phone: Page, server: Server):
    open_draw(phone, server)
    canvas = phone.locator("canvas.upper-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    touch = phone.context.new_cdp_session(phone)

    def send(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    send("touchStart", ONE[0])
    for y in range(80, 221, 20):
        send("touchMove", (140, y))
    send("touchEnd")

    expect(heading(phone)).to_contain_text("It reads 1")
    after = canvas.bounding_box()
    assert after
    assert after["y"] == pytest.approx(box["y"], abs=1)


def test_undo_and_clear_change_what_is_seen_on_the_canvas(page: Page, server: Server):
    open_draw(page, server)
    draw(page, ONE)
    expect(heading(page)).to_contain_text("It reads 1")
    drawn = bright_pixels(page)

    page.get_by_role("button", name="Clear", exact=True).click()
    expect(heading(page)).to_have_count(0)
    wait_for_paper(page)

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(heading(page)).to_contain_text("It reads 1")
    wait_until(lambda: bright_pixels(page) == drawn)


def test_the_eraser_takes_ink_away(page: Page, server: Server):
    open_draw(page, server)
    draw(page, ONE)
    expect(heading(page)).to_contain_text("It reads 1")
    (n_drawn,) = bright_pixels(page)

    choose_tool(page, "Eraser")
    draw(page, ((100, 140), (180, 140)))

    wait_until(lambda: max(bright_pixels(page)) < 0.95 * n_drawn)


def test_the_small_4_is_on_the_canvas_and_can_be_drawn_over(page: Page, server: Server):
    open_draw(page, server)

    page.get_by_role("button", name="Draw a small 4 into the corner").click()

    expect(heading(page)).to_contain_text("It reads 4")
    # Asked once: between two questions, a new canvas may come to stand beside the old one.
    wait_until(lambda: [n > 300 for n in bright_pixels(page)] == [True])
    draw(page, ((150, 60), (150, 150)))
    expect(page.get_by_role("button", name=re.compile(r"^digit \d: read as"))).to_have_count(2)


def test_the_slide_map_follows_the_drawing(page: Page, server: Server):
    open_draw(page, server)
    slide_map = page.locator('[data-testid="stVegaLiteChart"]').last
    cells = slide_map.locator("g.mark-text.role-mark text")
    draw(page, ONE)
    expect(cells.filter(has_text=re.compile(r"^\d$"))).to_have_count(169)

    draw(page, ((90, 60), (141, 60)))

    expect(heading(page)).to_contain_text("It reads 7")
    expect(cells.filter(has_text=re.compile(r"^7$")).first).to_be_visible()
    expect(cells.filter(has_text=re.compile(r"^\d$"))).to_have_count(169)


def test_a_digit_of_a_sheet_is_chosen_by_a_click(page: Page, server: Server):
    dataset = load_dataset()
    sheet = on_paper(sheet_of(dataset.test_images[:8], grid(2, 4), shape=(260, 400)))
    open_draw(page, server)
    page.get_by_text("Upload", exact=True).click()
    file = {"name": "sheet.png", "mimeType": "image/png", "buffer": file_bytes(sheet)}
    page.locator('input[type="file"]').set_input_files(file)
    expect(heading(page)).to_contain_text("It reads 7")

    page.get_by_role("button", name="digit 4: read as 0").click()

    expect(heading(page)).to_contain_text("It reads 0")
    expect(page.locator(".mnist-box").nth(3)).to_have_class(re.compile("mnist-chosen"))


def test_a_pasted_picture_is_read_and_stays(page: Page, server: Server):
    picture = base64.b64encode(file_bytes(black_on_white(load_dataset().test_images[1]))).decode()
    open_draw(page, server)
    page.get_by_text("Paste", exact=True).click()
    expect(page.get_by_text("Ctrl+V")).to_be_visible()

    page.evaluate(PASTE, picture)
    expect(heading(page)).to_contain_text("It reads 2")

    page.get_by_text("Break it", exact=True).wait_for()
    page.get_by_text("Why?", exact=True).click()
    expect(page.get_by_role("heading", name="Why does it read it so?")).to_be_visible()
    expect(heading(page)).to_contain_text("It reads 2")


# The clock of the fine-tuning, so fast that it ticks while the canvas is cleared.
OFTEN = """
  const setInterval = window.setInterval;
  window.setInterval = (work, delay, ...more) =>
    setInterval(work, delay === 500 ? 50 : delay, ...more);
"""


@contextmanager
def beating(store: RunStore, claim: Claim) -> Iterator[None]:
    """Say, every second, that the worker of a run lives."""
    is_done = threading.Event()

    def beat() -> None:
        while not is_done.wait(1.0):
            store.beat(claim)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


def test_while_a_fine_tuning_is_at_work_clear_takes_all_away(fresh_server: Server, page: Page):
    dataset = load_dataset()
    store = RunStore(fresh_server.runs_url)
    run = store.fine_tune(
        "mlp-256", dataset.test_images[:2], dataset.test_labels[:2], n_epochs=1, name="mine"
    )
    claim = store.claim_next()
    assert claim.run_id == run.id
    page.add_init_script(OFTEN)
    with beating(store, claim):
        open_draw(page, fresh_server, "run=mlp-256&section=mine")
        expect(page.get_by_role("progressbar")).to_have_count(1)

        for _ in range(6):
            draw(page, ONE)
            expect(heading(page)).to_contain_text("It reads 1")
            page.get_by_role("button", name="Clear", exact=True).click()
            expect(heading(page)).to_have_count(0)
            expect(page.get_by_text("Which digit is it?")).to_have_count(0)
            wait_for_paper(page)  # and there is one canvas

        draw(page, ONE)
        expect(heading(page)).to_contain_text("It reads 1")
        expect(page.get_by_role("progressbar")).to_have_count(1)
    drawn = bright_pixels(page)
    store.fail(claim, RunStoreError("the training process was ended"))
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(heading(page)).to_contain_text("It reads 1")
    assert bright_pixels(page) == drawn
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(heading(page)).to_have_count(0)
    store.close()


def test_fine_tuning_is_offered_as_soon_as_there_is_what_it_needs(fresh_server: Server, page: Page):
    open_draw(page, fresh_server, "run=mlp-256")
    offer = page.get_by_role("heading", name="Let it learn from your digits")
    section = page.locator(".st-key-draw-section")
    draw(page, ONE)
    page.locator(".st-key-draw-label").get_by_text("1", exact=True).click()
    expect(page.get_by_text("Kept as 1; you have 1 digit.")).to_be_visible()
    expect(offer).to_have_count(0)

    section.get_by_text("My digits").click()
    expect(offer).to_be_visible()

    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Delete them all").click()
    expect(offer).to_have_count(0)
    page.locator(".st-key-draw-label").get_by_text("1", exact=True).click()
    expect(offer).to_be_visible()

    section.get_by_text("Break it").click()
    expect(offer).to_have_count(0)
    expect(heading(page)).to_contain_text("It reads 1")
