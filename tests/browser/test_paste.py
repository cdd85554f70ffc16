"""Pasting a picture in a browser, in an app of its own."""

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from mnist_core.pictures.files import MAX_FILE_BYTES
from tests.browser.conftest import visit
from tests.browser.controls import settle
from tests.browser.server import Server, running_app
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

# Returns whether the page leaves the event to the browser.
PASTE = """(target, { content, kind, size }) => {
    const bytes = content === null
        ? new Uint8Array(size)
        : Uint8Array.from(atob(content), character => character.charCodeAt(0));
    const clipboardData = new DataTransfer();
    if (kind === "text/plain") clipboardData.setData(kind, "seven");
    else clipboardData.items.add(new File([bytes], "picture", { type: kind }));
    return target.dispatchEvent(new ClipboardEvent(
        "paste", { clipboardData, bubbles: true, cancelable: true, composed: true }
    ));
}"""

COPY = """async content => {
    const bytes = Uint8Array.from(atob(content), character => character.charCodeAt(0));
    const blob = new Blob([bytes], { type: "image/png" });
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
}"""


def png(width: int, height: int) -> str:
    buffer = io.BytesIO()
    Image.new("L", (width, height), "white").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("paste")
    with running_app(folder, app="tests/browser/paste_app.py") as server:
        yield server


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Paste a picture")


def come(page: Page, app: Server) -> None:
    page.goto(app.url)
    expect(button(page)).to_be_visible()


def paste(target: Locator, content: str | None, *, kind: str = "image/png", size: int = 0) -> bool:
    return target.evaluate(PASTE, {"content": content, "kind": kind, "size": size})


def test_a_picture_is_pasted_anywhere_on_the_page(page: Page, app: Server):
    come(page, app)

    paste(page.locator("body"), png(5, 3))

    expect(page.get_by_text("pasted: 5 x 3", exact=True)).to_be_visible()


def test_every_paste_counts_once_however_often_the_page_ran(page: Page, app: Server):
    come(page, app)
    paste(page.locator("body"), png(5, 3))
    expect(page.get_by_text("pasted: 5 x 3", exact=True)).to_be_visible()

    paste(page.locator("body"), png(4, 4))

    expect(page.get_by_text("pasted: 5 x 3, 4 x 4", exact=True)).to_be_visible()


def test_a_text_field_keeps_what_is_pasted_into_it(page: Page, app: Server):
    come(page, app)

    assert paste(page.get_by_role("textbox", name="note"), png(5, 3))
    assert not paste(page.get_by_role("switch", name="here"), png(2, 2))

    expect(page.get_by_text("pasted: 2 x 2", exact=True)).to_be_visible()


def test_nothing_listens_once_the_component_is_gone(page: Page, app: Server):
    come(page, app)
    paste(page.locator("body"), png(5, 3))
    expect(page.get_by_text("pasted: 5 x 3", exact=True)).to_be_visible()
    page.get_by_text("繁體中文").click()
    expect(page.get_by_role("button", name="貼上圖片")).to_be_visible()

    page.get_by_text("here", exact=True).click()
    expect(page.get_by_role("button", name="貼上圖片")).to_have_count(0)

    wait_until(lambda: paste(page.locator("body"), png(2, 2)))


@pytest.mark.parametrize(
    ("kind", "size", "role", "sentence"),
    [
        ("text/plain", 0, "status", "The clipboard holds no picture."),
        ("application/pdf", 9, "status", "The clipboard holds no picture."),
        ("image/png", MAX_FILE_BYTES + 1, "status", "The picture is larger than 10 MB"),
        ("image/png", MAX_FILE_BYTES, "alert", "This is not a picture that can be read"),
        ("image/png", 9, "alert", "This is not a picture that can be read"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(
    page: Page, app: Server, *, kind: str, size: int, role: str, sentence: str
):
    come(page, app)

    paste(page.locator("body"), None, kind=kind, size=size)

    expect(page.get_by_role(role).filter(has_text=sentence)).to_be_visible()
    settle(page)
    expect(page.get_by_text("pasted:", exact=True)).to_be_visible()


def test_the_button_pastes_where_the_browser_lets_it(browser: Browser, app: Server):
    allowed = ["clipboard-read", "clipboard-write"]
    with visit(browser, locale="en-US", permissions=allowed) as page:
        come(page, app)
        page.evaluate(COPY, png(7, 6))

        button(page).click()

        expect(page.get_by_text("pasted: 7 x 6", exact=True)).to_be_visible()


def test_the_button_says_when_the_browser_does_not_let_it(page: Page, app: Server):
    come(page, app)

    button(page).click()

    expect(page.get_by_text("The browser did not let this page read")).to_be_visible()


def test_there_is_no_button_where_the_browser_cannot_read_the_clipboard(page: Page, app: Server):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(app.url)
    expect(page.get_by_text("Ctrl+V")).to_be_visible()

    expect(button(page)).to_have_count(0)
    paste(page.locator("body"), png(5, 3))

    expect(page.get_by_text("pasted: 5 x 3", exact=True)).to_be_visible()
