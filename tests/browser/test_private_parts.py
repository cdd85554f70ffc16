"""Parts of Streamlit and of the canvas that nobody promises: a new version may take them away."""

import re
from pathlib import Path
from types import MappingProxyType

import pytest
from playwright.sync_api import Page, expect

from pages import ui
from tests.browser.canvas import draw, wait_for_paper
from tests.browser.server import Server

ONE = ((140, 50), (140, 230))

pytestmark = pytest.mark.browser

FOLDER = Path(ui.__file__).parent
STYLE = (FOLDER / "streamlit.css").read_text(encoding="utf-8")
HELP = (FOLDER / "draw" / "canvas.js").read_text(encoding="utf-8")

DRAW = "/Draw?run=mlp-256"
# Page -> the rules that find something there.
PLACES = MappingProxyType(
    {
        "/": (".stMainBlockContainer", ".st-key-page-title h1", ".st-key-home-standing"),
        "/Train": ('[data-testid="stLayoutWrapper"]:has(> .st-key-train-network-open)',),
        "/Train?run=mlp-256": ('.stMetric [data-testid="stMetricLabel"] *',),
        "/Samples": ('.stMain [data-variant="segmented_control"][data-selected]',),
        "/Confusion?run=mlp-256": (".st-key-confusion-pairs", ".st-key-confusion-pairs > *"),
        DRAW: (
            '.stMain [class*="st-key-draw-answer"] [data-testid="stElementToolbar"]',
            ".st-key-draw-tools button",
            ".st-key-draw-label button",
            '[data-testid="stLayoutWrapper"]:has(> .st-key-draw-received)',
            '[data-testid="stLayoutWrapper"]:has(> .st-key-draw-answer-0)',
        ),
    }
)


def selectors(style: str) -> set[str]:
    """Return the selector of each rule, those of phones too."""
    rules = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", style, flags=re.DOTALL)
    return {selector.strip() for selector in re.findall(r"([^{}]+)\{", rules)}


def open_page(page: Page, server: Server, place: str) -> None:
    page.goto(server.url + place)
    if place == DRAW:
        wait_for_paper(page)
        draw(page, ONE)


def test_every_rule_has_a_page_where_it_is_tried():
    assert selectors(STYLE) == {selector for found in PLACES.values() for selector in found}


@pytest.mark.parametrize("place", PLACES)
def test_every_rule_finds_what_it_is_for(page: Page, server: Server, place: str):
    open_page(page, server, place)

    for selector in PLACES[place]:
        expect(page.locator(selector).first).to_be_attached()


def test_the_rules_reach_the_page(page: Page, server: Server):
    # Streamlit throws a style away in which anything looks like a tag.
    open_page(page, server, "/")

    expect(page.locator(".stMainBlockContainer")).to_have_css("max-width", "1120px")


def test_the_chosen_segment_is_written_in_the_colour_of_the_text(page: Page, server: Server):
    open_page(page, server, "/Samples")

    chosen = page.locator(PLACES["/Samples"][0]).first
    expect(chosen).to_be_visible()
    colour = page.locator("h1").evaluate("heading => getComputedStyle(heading).color")
    expect(chosen).to_have_css("color", colour)
    chosen.hover()
    expect(chosen).to_have_attribute("data-hovered", "true")
    expect(chosen).to_have_css("color", colour)


def test_the_parts_of_the_canvas_are_there(page: Page, server: Server):
    parts = dict(re.findall(r"^const ([A-Z_]+) = [\"'](.+)[\"'];$", HELP, flags=re.MULTILINE))
    assert set(parts) == {"SURFACE", "TOOL_BAR", "TELL"}

    open_page(page, server, DRAW)

    for part in parts.values():
        expect(page.locator(part)).to_be_attached()
    expect(page.locator(parts["TOOL_BAR"])).to_be_hidden()


def test_no_other_style_or_script_looks_into_streamlit():
    others = [path for path in FOLDER.rglob("*.*") if path.suffix in (".css", ".js")]
    private = re.compile(r"data-testid|\.st[A-Z]|\.st-|\.dc-|stApp")

    found = {path.name for path in others if private.search(path.read_text(encoding="utf-8"))}

    assert found == {"streamlit.css", "canvas.js"}
