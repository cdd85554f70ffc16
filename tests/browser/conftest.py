"""The real app in a real browser."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import chromium
from tests.browser.server import Server, running_app
from tests.waiting import LIMIT_SECONDS

_LIMIT_MS = 1_000 * LIMIT_SECONDS

expect.set_options(timeout=_LIMIT_MS)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_app(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has asked for anything yet."""
    with running_app(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None and os.environ.get("CI"):
        pytest.fail("Chromium is needed here: install the Debian package chromium")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        browser.close()


def _is_streamlits_own_probe(message: ConsoleMessage) -> bool:
    # Opened at /Draw, Streamlit's frontend first asks whether the app lives below /Draw/.
    url = message.location["url"]
    return url.endswith(("/_stcore/health", "/_stcore/host-config")) and "404" in message.text


@pytest.fixture
def locale() -> str:
    """The language of the visitor's browser."""
    return "en-US"


@contextmanager
def visit(browser: Browser, **options: object) -> Iterator[Page]:
    """Let a new visitor come; any error in the browser's console fails the test."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
    context.set_default_timeout(_LIMIT_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(f"{message.text} {message.location['url']}")
            if message.type == "error" and not _is_streamlits_own_probe(message)
            else None
        ),
    )
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def page(browser: Browser, locale: str) -> Iterator[Page]:
    """A visitor at a desk."""
    with visit(browser, locale=locale) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, locale: str) -> Iterator[Page]:
    """A visitor with a phone."""
    size = {"width": 390, "height": 844}
    with visit(browser, locale=locale, viewport=size, has_touch=True, is_mobile=True) as page:
        yield page
