"""Comparing runs on the History page, done in Chromium."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from mnist_core.runs.run import Run
from mnist_core.store.run_store import RunStore
from tests.browser.conftest import visit
from tests.browser.server import Server
from tests.conftest import add_finished
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

ROW_HEIGHT = 35
TICK_X = 17  # within the column of ticks
NAME_X = 120  # within that of the names


@pytest.fixture
def stored(fresh_server: Server, tmp_path: Path) -> Sequence[Run]:
    """Two runs in the store of the server, in the order of the table."""
    store = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    runs = [add_finished(store, "worse", test_accuracy=0.5), add_finished(store, "better")]
    store.close()
    return runs[::-1]


def all_runs(page: Page):
    """Return the table; Streamlit draws it on a canvas that holds it as HTML for screen readers."""
    return page.get_by_test_id("stDataFrame").first


def open_history(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name="What the curves say")).to_be_visible()
    all_runs(page).locator("tbody tr").first.wait_for(state="attached")


def titles(page: Page) -> list[str]:
    """Return the names of the runs from top to bottom."""
    return all_runs(page).locator("td:nth-child(2)").all_text_contents()


def ticked(page: Page) -> set[str]:
    rows = all_runs(page).locator("tbody tr[aria-selected=true] td:nth-child(2)")
    return set(rows.all_text_contents())


def chosen(page: Page) -> list[str]:
    """Return the ids of the runs that the URL names."""
    # Asked of the browser: `page.url` stays as it is while Python waits.
    return parse_qs(urlsplit(page.evaluate("location.href")).query)["runs"][0].split(",")


def tick(page: Page, title: str) -> None:
    """Click into the tick of a run."""
    row = titles(page).index(title)
    all_runs(page).click(position={"x": TICK_X, "y": (row + 1.5) * ROW_HEIGHT})


def curves(page: Page):
    """Return the names of the curves in the first chart."""
    return page.get_by_test_id("stPlotlyChart").first.locator(".legendtext")


def test_ticked_runs_are_drawn_and_their_link_reopens_them(
    stored: Sequence[Run], fresh_server: Server, browser: Browser, page: Page
):
    better, worse = stored
    open_history(page, f"{fresh_server.url}/History?runs={worse.id}")
    expect(curves(page)).to_have_text([f"{worse.title} · training", f"{worse.title} · validation"])

    tick(page, better.title)
    expect(curves(page)).to_have_count(4)
    tick(page, "mlp-512")
    expect(curves(page)).to_have_count(5)
    tick(page, worse.title)

    names = [f"{better.title} · training", f"{better.title} · validation", "mlp-512 · training"]
    expect(curves(page)).to_have_text(names)
    wait_until(lambda: chosen(page) == [better.id, "mlp-512"])
    page.get_by_role("button", name="Link").click()
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert link == f"{fresh_server.url}/History?runs={better.id},mlp-512"

    with visit(browser) as other:
        open_history(other, link)
        expect(curves(other)).to_have_text(names)
        wait_until(lambda: ticked(other) == {better.title, "mlp-512"})

    page.go_back()
    expect(curves(page)).to_have_count(5)
    wait_until(lambda: ticked(page) == {better.title, worse.title, "mlp-512"})


def test_a_run_is_ticked_where_sorting_has_put_it(
    stored: Sequence[Run], fresh_server: Server, page: Page
):
    _better, worse = stored
    open_history(page, f"{fresh_server.url}/History?runs=mlp-256")
    place = {"x": NAME_X, "y": ROW_HEIGHT / 2}
    all_runs(page).click(position=place)
    wait_until(lambda: titles(page)[0] == "best-mlp")
    all_runs(page).click(position=place)
    wait_until(lambda: titles(page)[0] == worse.title)
    wait_until(lambda: ticked(page) == {"mlp-256"})

    tick(page, worse.title)

    wait_until(lambda: chosen(page) == ["mlp-256", worse.id])
    wait_until(lambda: ticked(page) == {"mlp-256", worse.title})


def test_runs_are_chosen_by_name_with_the_keyboard(
    stored: Sequence[Run], fresh_server: Server, page: Page
):
    better, _worse = stored
    open_history(page, f"{fresh_server.url}/History?runs=mlp-256")

    page.get_by_role("combobox", name="Runs to compare").focus()
    page.keyboard.type("better")
    page.keyboard.press("Enter")

    expect(curves(page)).to_have_count(4)
    wait_until(lambda: ticked(page) == {better.title, "mlp-256"})
    wait_until(lambda: chosen(page) == ["mlp-256", better.id])

    page.keyboard.press("Backspace")

    expect(curves(page)).to_have_count(2)
    wait_until(lambda: ticked(page) == {"mlp-256"})


def test_a_deleted_run_comes_back_with_undo(
    stored: Sequence[Run], fresh_server: Server, page: Page
):
    better, worse = stored
    open_history(page, f"{fresh_server.url}/History?runs={better.id},mlp-256")

    page.get_by_role("button", name="Delete 1 run").click()

    expect(page.get_by_text(f"Deleted: {better.title}.")).to_be_visible()
    wait_until(lambda: titles(page) == [worse.title, "mlp-512", "mlp-256", "best-mlp"])
    wait_until(lambda: ticked(page) == {"mlp-256"})
    expect(curves(page)).to_have_count(2)

    page.get_by_role("button", name="Undo").click()

    wait_until(
        lambda: titles(page) == [better.title, worse.title, "mlp-512", "mlp-256", "best-mlp"]
    )
    wait_until(lambda: ticked(page) == {better.title, "mlp-256"})
    expect(curves(page)).to_have_count(4)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_run_is_renamed_in_the_table_and_in_its_curves(
    stored: Sequence[Run], fresh_server: Server, page: Page
):
    better, _worse = stored
    open_history(page, f"{fresh_server.url}/History?runs={better.id}")

    page.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("<b>mine</b> %{y}")
    page.keyboard.press("Enter")

    title = f"<b>mine</b> %{{y}} #{better.number}"
    expect(curves(page).first).to_have_text(f"{title} · training")
    wait_until(lambda: titles(page)[0] == title)
    expect(page.get_by_label("New name")).to_have_count(0)
