"""The picture of the network in a browser: what a sanitiser could take out, and its two layouts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server

pytestmark = pytest.mark.browser


# Both ends of a path as they are on the screen.
ENDS = """path => [0, path.getTotalLength()].map(length => {
    const {x, y} = path.getPointAtLength(length).matrixTransform(path.getScreenCTM());
    return [x, y];
})"""


def center(circle: Locator) -> tuple[float, float]:
    box = circle.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("width", [1_280, 390])
def test_the_lines_lead_from_unit_to_unit(page: Page, server: Server, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.url}/Train")
    picture = page.get_by_role("img", name="A picture of the network")
    expect(picture).to_be_visible()

    start, end = picture.locator("path").first.evaluate(ENDS)

    assert start == pytest.approx(center(picture.locator(".mnist-pixel").first), abs=1)
    assert end == pytest.approx(center(picture.locator(".mnist-hidden").last), abs=1)


@pytest.mark.parametrize("width", [1_280, 390])
def test_the_whole_picture_fits_the_page(page: Page, server: Server, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.url}/Train")
    page.get_by_text("More settings").click()
    slider = page.get_by_role("slider", name="Hidden layers")
    slider.focus()
    slider.press("End")
    marks = page.locator(".mnist-network i")
    expect(page.locator(".mnist-network path")).to_have_count(5)

    boxes = [mark.bounding_box() for mark in marks.all()]

    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert all(2 < box["width"] == pytest.approx(box["height"], abs=0.5) for box in boxes)


def test_the_picture_stays_in_sight_beside_the_settings(page: Page, server: Server):
    page.goto(f"{server.url}/Train")
    page.get_by_text("More settings").click()

    page.get_by_text("Batch size").scroll_into_view_if_needed()

    expect(page.get_by_role("img", name="A picture of the network")).to_be_in_viewport(ratio=0.9)
