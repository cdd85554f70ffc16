"""Pages awaited, and their controls worked as a visitor does."""

from playwright.sync_api import Page, expect


def settle(page: Page) -> None:
    """Wait until the page's script is not running."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def come_to_rest(page: Page) -> None:
    """Wait until the page's script is done, and nothing has moved or grown for 30 frames."""
    settle(page)
    page.wait_for_function(
        """() => {
          const main = document.querySelector('[data-testid="stMain"]');
          const now = `${main.scrollTop} ${main.scrollHeight}`;
          const rest = window.atRest ?? {};
          window.atRest = {now, frames: rest.now === now ? rest.frames + 1 : 0};
          return window.atRest.frames >= 30;
        }""",
        polling="raf",
    )


def move_slider(page: Page, group: str, name: str, key: str, *, then: str) -> None:
    """Open a group of settings of the Train page and move one of its sliders by a key.

    Args:
        page: The Train page.
        group: The title of the group.
        name: What the slider sets.
        key: The key that moves it.
        then: What is then said of the changed settings: before, the app has not seen it move.
    """
    title = page.locator("summary").filter(has_text=group).first
    slider = page.get_by_role("slider", name=name)
    title.wait_for()
    if not slider.is_visible():
        title.click()
    slider.focus()
    slider.press(key)
    # It stands above the groups and moves them.
    expect(page.get_by_text("Changed:")).to_contain_text(then)
