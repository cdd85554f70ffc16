"""What visitors do, done in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from pages.ui.layout import PAGES
from tests.browser.controls import settle
from tests.browser.server import Server

pytestmark = pytest.mark.browser


def heading(page: Page, slug: str):
    return page.get_by_role("heading", name=PAGES[slug].question)


def test_every_page_opens_from_the_menu(page: Page, server: Server):
    page.goto(server.url)
    for slug, info in PAGES.items():
        page.get_by_test_id("stSidebar").get_by_role("link", name=info.title, exact=True).click()

        expect(heading(page, slug)).to_be_visible()
        settle(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_a_click_on_a_sample_shows_it(page: Page, server: Server):
    page.goto(f"{server.url}/Samples?split=test")
    page.get_by_role("button", name="digit 1, image 2", exact=True).click()
    expect(page.get_by_role("heading", name="Image 2: digit 1")).to_be_visible()
    expect(page).to_have_url(re.compile("index=2"))

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Image 3: digit 0")).to_be_visible()


def test_confusion_opens_as_the_first_request_of_a_fresh_server(fresh_server: Server, page: Page):
    page.goto(f"{fresh_server.url}/Confusion")

    expect(heading(page, "confusion")).to_be_visible()
    expect(page.get_by_role("button", name="true 9, predicted 9")).to_be_visible()
    # Our menu, not the automatic one.
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)


def test_the_language_switch_stays_through_pages_and_in_the_url(page: Page, server: Server):
    page.goto(server.url)
    expect(heading(page, "home")).to_be_visible()

    page.get_by_text("繁體中文").click()
    expect(heading(page, "home")).to_have_count(0)
    expect(page).to_have_url(re.compile("lang=zh_TW"))
    page.get_by_test_id("stSidebar").get_by_test_id("stPageLink").nth(4).click()

    expect(page.get_by_role("button", name="4").first).to_be_visible()
    expect(heading(page, "confusion")).to_have_count(0)
    page.wait_for_url("**/Confusion?*lang=zh_TW*")


def test_the_chosen_preset_is_named_in_the_new_language(page: Page, server: Server):
    page.goto(f"{server.url}/Train?run=mlp-512")
    page.get_by_role("combobox", name="Start from").click()
    page.get_by_role("option", name="Overfit on purpose").click()
    expect(page.get_by_text("see it learn them by heart")).to_be_visible()

    page.get_by_text("繁體中文").click()

    expect(page.get_by_role("combobox", name="從哪組設定開始")).to_have_value(re.compile("故意"))


@pytest.mark.parametrize("locale", ["zh-TW"])
def test_a_browser_in_chinese_is_greeted_in_chinese(page: Page, server: Server, locale: str):
    page.goto(server.url)

    expect(page.get_by_role("heading", level=1)).to_contain_text("手寫")
    # For screen readers, and so that the browser offers no translation.
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant-TW")


def test_tensorflow_never_enters_the_server(page: Page, server: Server):
    for info in PAGES.values():
        page.goto(server.url)
        page.get_by_test_id("stSidebar").get_by_role("link", name=info.title, exact=True).click()
        expect(page.get_by_role("heading", name=info.question)).to_be_visible()

    modules = server.modules()

    assert "mnist_core.workers.dispatcher" in modules
    assert not {name for name in modules if name.split(".")[0] in ("tensorflow", "keras")}
