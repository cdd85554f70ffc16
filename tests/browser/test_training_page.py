"""Trainings as visitors live through them: watched, left alone, stopped, killed, gone on with."""

import re
import signal

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from mnist_core.runs.run import RunStatus
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from pages.ui.layout import PAGES
from tests.browser.conftest import visit
from tests.browser.controls import move_slider
from tests.browser.server import Server, running_app
from tests.core.processes import workers_below
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

IN_AN_EPOCH = re.compile(r"Epoch \d+ of 200")


def start_tiny_run(page: Page, server: Server) -> str:
    """Start one epoch over 100 images; return the id of the run when a worker is at it."""
    move_slider(page, "Learning", "Epochs", "Home", then=" 1 epoch.")
    move_slider(page, "Images", "Number of training images", "Home", then=" 100 images,")
    return start(page, server)


def start_long_run(page: Page, server: Server) -> str:
    """Start 200 epochs over all images; return the id of the run when a worker is at it."""
    move_slider(page, "Learning", "Epochs", "End", then=" 200 epochs.")
    return start(page, server)


def start(page: Page, server: Server) -> str:
    before = page.url
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(lambda url: "run=" in url and url != before)
    run_id = page.url.split("run=")[1].split("&")[0]
    store = RunStore(server.runs_url)
    # The worker loads TensorFlow first.
    wait_until(lambda: store.get(run_id).status not in (RunStatus.QUEUED, RunStatus.STARTING))
    store.close()
    return run_id


def stop(page: Page) -> None:
    """Stop the run; above the page, Streamlit has a button of the same name for slow scripts."""
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()


def progress(page: Page):
    return page.get_by_test_id("stProgress")


def test_a_tiny_run_trains_to_its_end(page: Page, server: Server):
    page.goto(f"{server.url}/Train")

    run_id = start_tiny_run(page, server)

    expect(page.get_by_text("Test accuracy")).to_be_visible()
    expect(page.get_by_role("heading", name="The first 20 test digits")).to_be_visible()
    expect(page.locator(".tiles img")).to_have_count(20)

    page.get_by_role("button", name="Train 5 more epochs").click()

    expect(page.get_by_role("heading", name="The first 20 test digits")).to_have_count(0)
    expect(page.get_by_text("Test accuracy")).to_be_visible()
    expect(page.get_by_text("Epochs: 6")).to_be_visible()
    run = RunStore(server.runs_url).get(run_id)
    assert (run.status, run.n_epochs_done) == (RunStatus.FINISHED, 6)


def test_a_run_goes_on_while_the_visitor_is_elsewhere_and_can_be_stopped(
    page: Page, server: Server, browser: Browser
):
    page.goto(f"{server.url}/Train")
    start_long_run(page, server)
    expect(progress(page)).to_contain_text(IN_AN_EPOCH)
    later = re.compile(r"Epoch ([2-9]|\d\d+) of 200")

    page.get_by_role("link", name="Samples", exact=True).click()
    expect(page.get_by_role("heading", name=PAGES["samples"].question)).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    expect(progress(page)).to_contain_text(later)
    page.reload()
    expect(progress(page)).to_contain_text(later)
    # Somebody else opens the link.
    with visit(browser) as other:
        other.goto(page.url)
        expect(progress(other)).to_contain_text(later)

    stop(page)

    expect(page.get_by_text("Stopped by hand")).to_be_visible()
    expect(page.get_by_text("Test accuracy")).to_be_visible()
    expect(page.get_by_role("button", name="Go on to epoch 200")).to_be_visible()


def test_while_the_curves_grow_nothing_is_redrawn_from_nothing_and_the_page_stays_put(
    page: Page, server: Server
):
    page.goto(f"{server.url}/Train")
    start_long_run(page, server)
    expect(progress(page)).to_contain_text(IN_AN_EPOCH)
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2)
    # Watch every frame of the next epochs, scrolled down to the middle of the page.
    page.evaluate(
        """() => {
          const main = document.querySelector('[data-testid="stMain"]');
          const charts = [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')];
          main.scrollTop = 200;
          window.seen = {
            top: main.scrollTop, tops: [], heights: [], replaced: 0, page: [],
          };
          const look = () => {
            window.seen.tops.push(main.scrollTop);
            window.seen.page.push(main.scrollHeight);
            window.seen.heights.push(Math.min(...charts.map((chart) => chart.offsetHeight)));
            window.seen.replaced += charts.filter((chart) => !chart.isConnected).length;
            requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }"""
    )
    shown = progress(page).inner_text()
    for _ in range(6):
        expect(progress(page)).not_to_have_text(shown)
        shown = progress(page).inner_text()

    seen = page.evaluate("window.seen")
    stop(page)

    assert seen["replaced"] == 0
    assert set(seen["tops"]) == {seen["top"]}
    assert len(set(seen["heights"])) == 1
    assert min(seen["heights"]) > 200
    assert max(seen["page"]) - min(seen["page"]) <= 2
    expect(page.get_by_text("Stopped by hand")).to_be_visible()


def test_a_run_whose_worker_is_killed_goes_on_by_itself_and_says_so(page: Page, server: Server):
    page.goto(f"{server.url}/Train")
    run_id = start_long_run(page, server)
    expect(progress(page)).to_contain_text(IN_AN_EPOCH)

    for process in workers_below(psutil.Process(server.process.pid)):
        process.kill()

    expect(page.get_by_text("went on from its last saved state")).to_be_visible()
    store = RunStore(server.runs_url)
    wait_until(lambda: store.get(run_id).status is RunStatus.RUNNING)
    expect(progress(page)).to_contain_text(IN_AN_EPOCH)
    stop(page)
    expect(page.get_by_text("Stopped by hand")).to_be_visible()
    start_tiny_run(page, server)
    expect(page.get_by_text("Test accuracy")).to_be_visible()


def test_a_run_of_a_killed_server_is_found_and_gone_on_with(page: Page, tmp_path):
    with running_app(tmp_path) as server:
        store = RunStore(server.runs_url)
        page.goto(f"{server.url}/Train")
        run_id = start_long_run(page, server)
        wait_until(lambda: store.get(run_id).has_checkpoint)
        (worker,) = workers_below(psutil.Process(server.process.pid))
        page.goto("about:blank")
        server.process.send_signal(signal.SIGKILL)
        wait_until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    n_saved = store.checkpoint(run_id).n_epochs

    with running_app(tmp_path) as server:
        page.goto(f"{server.url}/Train?run={run_id}")
        # The curves may have been ahead of the last checkpoint, from which it goes on.
        n_seen = len(store.get(run_id).history["loss"])
        # Its worker is taken for dead when it has been silent for twenty looks.
        expect(page.get_by_text("went on from its last saved state")).to_be_visible()
        expect(progress(page)).to_contain_text(IN_AN_EPOCH)
        wait_until(lambda: len(store.get(run_id).history["loss"]) > n_seen)
        stop(page)
        expect(page.get_by_text("Stopped by hand")).to_be_visible()
        page.goto("about:blank")  # or it would miss its server
    run = store.get(run_id)
    ends = [end for end, _, _ in run.progress.curve]
    assert run.n_epochs_done > n_saved
    assert ends == sorted(set(ends))


def test_a_waiting_run_can_be_cancelled(page: Page, server: Server):
    store = RunStore(server.runs_url)
    page.goto(f"{server.url}/Train")
    at_work = start_long_run(page, server)
    wait_until(lambda: store.get(at_work).status is RunStatus.RUNNING)
    waiting = store.create(PRESETS["mlp-512"].config, name="second").id

    page.goto(f"{server.url}/Train?run={waiting}")
    expect(progress(page)).to_contain_text("place 1 in the queue")
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("This run was cancelled before it began.")).to_be_visible()
    store.request_stop(at_work)
    wait_until(lambda: store.get(at_work).is_ended)
