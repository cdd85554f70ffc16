"""Colours as the browser shows them."""

import re

import pytest
from playwright.sync_api import Browser, expect

from mnist_core.figures.palette import PAGE_COLOURS, rgb
from tests.browser.conftest import visit
from tests.browser.server import Server
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

BACKGROUND = "element => getComputedStyle(element).backgroundColor"


def shown(colour: str) -> list[float]:
    """Return red, green and blue, 0..1, as a browser writes a mixed colour."""
    return [float(number) for number in re.findall(r"[\d.]+", colour)[:3]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_worst_cell_has_the_colour_of_a_miss(browser: Browser, server: Server, scheme: str):
    miss = PAGE_COLOURS["miss"][["light", "dark"].index(scheme)]

    with visit(browser, color_scheme=scheme) as page:
        page.goto(f"{server.url}/Confusion?run=mlp-256")
        worst = page.get_by_role("button", name="true 4, predicted 9", exact=False).first
        expect(worst).to_have_class(re.compile("error"))

        expected = pytest.approx([value / 255 for value in rgb(miss)], abs=0.01)
        # The style of the page can come later than the component.
        wait_until(lambda: shown(worst.evaluate(BACKGROUND)) == expected)
