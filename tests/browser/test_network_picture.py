"""The picture of the network in a browser: what a sanitiser could take out, and its two layouts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.controls import move_slider
from tests.browser.server import Server
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


# How far each end of the first path is from the circle that it should lead to, in pixels on the
# screen. In one call: between two, the layout could change.
MISSED_BY = """picture => {
    const path = picture.querySelector("path");
    const circles = [
        picture.querySelector(".mnist-pixel"),
        [...picture.querySelectorAll(".mnist-hidden")].at(-1),
    ];
    return [0, path.getTotalLength()].map((length, i) => {
        const end = path.getPointAtLength(length).matrixTransform(path.getScreenCTM());
        const box = circles[i].getBoundingClientRect();
        return Math.hypot(
            end.x - (box.left + box.width / 2), end.y - (box.top + box.height / 2)
        );
    });
}"""

BOXES = "marks => marks.map((mark) => mark.getBoundingClientRect().toJSON())"


def is_round(box: dict[str, float]) -> bool:
    return 2 < box["width"] == pytest.approx(box["height"], abs=0.5)


@pytest.mark.parametrize("width", [1_280, 390])
def test_the_lines_lead_from_unit_to_unit(page: Page, server: Server, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.url}/Train")
    picture = page.get_by_role("img", name="A picture of the network")
    expect(picture).to_be_visible()

    # The layout settles after the picture is there.
    wait_until(lambda: max(picture.evaluate(MISSED_BY)) < 1)


@pytest.mark.parametrize("width", [1_280, 390])
def test_the_whole_picture_fits_the_page(page: Page, server: Server, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.url}/Train")
    move_slider(page, "Network", "Hidden layers", "End", then="-128-10")
    marks = page.locator(".mnist-network i")
    expect(page.locator(".mnist-network path")).to_have_count(5)

    def is_whole() -> bool:
        boxes = marks.evaluate_all(BOXES)
        return all(box["left"] >= 0 and box["right"] <= width and is_round(box) for box in boxes)

    wait_until(is_whole)


def test_the_picture_stays_in_sight_beside_the_settings(page: Page, server: Server):
    page.goto(f"{server.url}/Train")
    groups = page.locator("summary")
    for group in ("Network", "Learning"):
        groups.filter(has_text=group).first.click()

    page.get_by_text("Batch size").scroll_into_view_if_needed()

    expect(page.get_by_text("Batch size")).to_be_in_viewport()
    expect(page.get_by_role("img", name="A picture of the network")).to_be_in_viewport(ratio=0.9)
