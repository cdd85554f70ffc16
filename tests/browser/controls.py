"""Controls of the pages, worked as a visitor does."""

from playwright.sync_api import Page, expect


def move_slider(page: Page, group: str, name: str, key: str) -> None:
    """Open a group of settings of the Train page and move one of its sliders by a key."""
    slider = page.get_by_role("slider", name=name)
    if not slider.is_visible():
        page.locator("summary").filter(has_text=group).first.click()
    slider.focus()
    slider.press(key)
    # What is said of the changed settings stands above the groups and moves them.
    expect(page.get_by_text("Changed:")).to_be_visible()
