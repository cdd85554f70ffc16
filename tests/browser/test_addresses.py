"""Addresses that somebody wrote are no links, wherever they are shown."""

from collections.abc import Sequence
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from mnist_core.runs.run import Run
from mnist_core.store.run_store import RunStore
from pages.ui.layout import PAGES
from tests.browser.controls import settle
from tests.browser.server import Server
from tests.conftest import add_failed, add_finished
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

ADDRESSES = ("http://x.y", "www.x.y", "me@x.y")
NAME = " ".join(ADDRESSES)


@pytest.fixture(scope="module")
def runs(server: Server) -> Sequence[Run]:
    """Runs that are named so: a finished one, and one without curves."""
    store = RunStore(server.runs_url)
    runs = add_finished(store, NAME, with_checkpoint=True), add_failed(store, NAME)
    store.close()
    return runs


def shown(page: Page) -> str:
    """Return the text of the page, without what stands within addresses so that they are none."""
    return page.get_by_test_id("stMain").inner_text().replace("\u2060", "")


def open_page(page: Page, server: Server, place: str) -> None:
    page.goto(server.url + place)
    expect(page.get_by_test_id("stMain").locator("h1")).to_be_visible()
    settle(page)


def assert_no_link_leads_away(page: Page, server: Server) -> None:
    # The menu is drawn anew when its links are to lead elsewhere.
    expect(page.get_by_test_id("stSidebar").get_by_role("link")).to_have_count(len(PAGES))
    links = page.locator("a").evaluate_all("links => links.map((link) => link.href)")
    assert [link for link in links if not link.startswith(f"{server.url}/")] == []


@pytest.mark.parametrize(
    "place",
    [
        "/?",
        "/Train?run={finished}",
        "/Train?run={failed}",
        "/History?runs={finished},{failed},mlp-512",
        "/Confusion?run={finished}&section=networks&other=mlp-256",
        "/Confusion?run={failed}",
        "/Draw?run={finished}",
    ],
)
def test_the_name_of_a_run_is_no_link(page: Page, server: Server, runs: Sequence[Run], place: str):
    finished, failed = runs
    open_page(page, server, place.format(finished=finished.id, failed=failed.id))

    if "/Draw" not in place and place != "/?":  # where it is chosen in a list alone
        wait_until(lambda: NAME in shown(page))
    assert_no_link_leads_away(page, server)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "place", ["/Train?run=", "/History?runs=", "/Confusion?run=", "/Draw?run="]
)
def test_what_the_url_asks_for_is_no_link(page: Page, server: Server, place: str, address: str):
    open_page(page, server, place + quote(address, safe=""))

    wait_until(lambda: f"There is no run {address}" in shown(page))
    assert_no_link_leads_away(page, server)
