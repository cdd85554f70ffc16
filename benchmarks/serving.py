"""The running app: how soon it shows its first page, and how much memory it takes."""

import math
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Row
from pages.ui.layout import PAGES
from tests import chromium
from tests.browser.controls import settle
from tests.browser.server import running_app

_N_STARTS = 7


def measure() -> list[Row]:
    """Measure the cold start against an empty app, and the memory after all pages."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        rows = [_cold_start(browser, folder), _memory(browser, folder)]
        browser.close()
    return rows


def _cold_start(browser: Browser, folder: Path) -> Row:
    empty_app = folder / "empty.py"
    empty_app.write_text('import streamlit as st\n\nst.write("Hello")\n', encoding="utf-8")
    # In turn, so that both see the same machine.
    pairs = [
        (
            _seconds_to_show(browser, folder, "app.py", _home_is_shown),
            _seconds_to_show(browser, folder, str(empty_app), _hello_is_shown),
        )
        for _ in range(_N_STARTS)
    ]
    ours, empty = (statistics.median(values) for values in zip(*pairs, strict=True))
    return Row(
        what="streamlit run to the home page in a browser",
        ours=f"{ours:.2f} s",
        other=f"one-line app {empty:.2f} s",
        figure=ours / empty,
        at_most=1.5,
    )


def _seconds_to_show(
    browser: Browser, folder: Path, app: str, wait: Callable[[Page], None]
) -> float:
    start = time.perf_counter()
    with running_app(folder, app=app) as server, browser.new_context() as context:
        page = context.new_page()
        page.goto(server.url)
        wait(page)
        return time.perf_counter() - start


def _home_is_shown(page: Page) -> None:
    page.locator(".tiles img").nth(19).wait_for()
    page.get_by_text("Train a network").wait_for()  # the last of the page
    page.get_by_text("繁體中文").wait_for()


def _hello_is_shown(page: Page) -> None:
    page.get_by_text("Hello").wait_for()


def _memory(browser: Browser, folder: Path) -> Row:
    with running_app(folder) as server, browser.new_context() as context:
        page = context.new_page()
        for info in PAGES.values():
            page.goto(server.url)
            page.get_by_test_id("stSidebar").get_by_role(
                "link", name=info.title, exact=True
            ).click()
            page.get_by_role("heading", name=info.question).wait_for()
            settle(page)
        megabytes = psutil.Process(server.process.pid).memory_info().rss / 1e6
        has_tensorflow = "tensorflow" in server.modules()
    return Row(
        what="server memory after every page",
        ours=f"{megabytes:.0f} MB",
        other="TensorFlow in it" if has_tensorflow else "no TensorFlow in it",
        figure=math.inf if has_tensorflow else megabytes,
        at_most=400.0,
        unit=" MB",
    )
