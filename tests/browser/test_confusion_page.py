"""Walking into the mistakes, by mouse, keyboard and touch."""

import random
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from mnist_core.data.dataset import load_dataset
from mnist_core.evaluation.answers import Answers, Choice, evaluate
from mnist_core.store.run_store import RunStore
from tests.browser.conftest import visit
from tests.browser.controls import come_to_rest, settle
from tests.browser.server import Server
from tests.conftest import add_finished
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

PAGE_SIZE = 40
BASELINES = ("mlp-256", "mlp-512")


@pytest.fixture(scope="module")
def answers() -> dict[str, Answers]:
    """What the baselines answer to the test images."""
    dataset = load_dataset()
    return {
        slug: evaluate(
            RunStore().network(slug).probabilities(dataset.test_images), dataset.test_labels
        )
        for slug in BASELINES
    }


def cell(page: Page, true: int, predicted: int) -> Locator:
    return page.get_by_role("button", name=f"true {true}, predicted {predicted} ")


def images(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile(r"^image \d+: "))


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", name=text, exact=True)


def title(true: int, predicted: int, n: int) -> str:
    images = "image" if n == 1 else "images"
    if true == predicted:
        return f"{n:,} {images} of digit {true}, read right"
    return f"{n:,} {images} of digit {true}, read as {predicted}"


def shown_indices(page: Page) -> list[int]:
    labels = images(page).evaluate_all("tiles => tiles.map((tile) => tile.ariaLabel)")
    return [int(re.match(r"image (\d+):", label).group(1)) for label in labels]


def expect_gallery(page: Page, result: Answers, true: int, predicted: int) -> None:
    """Expect the first page of a cell's images, and no other image."""
    expected = result.indices[result.chosen(Choice(true, predicted))].tolist()
    expect(heading(page, title(true, predicted, len(expected)))).to_be_visible()
    expect_images(page, expected[:PAGE_SIZE])


def expect_images(page: Page, indices: list[int]) -> None:
    expect(images(page)).to_have_count(len(indices))
    wait_until(lambda: shown_indices(page) == indices)  # as many may be left from before


@pytest.mark.parametrize("slug", BASELINES)
def test_every_cell_opens_exactly_the_images_that_it_counts(
    page: Page, server: Server, answers, slug
):
    result = answers[slug]
    page.goto(f"{server.url}/Confusion?run={slug}")
    for true in range(10):
        for predicted in range(10):
            expect(cell(page, true, predicted)).to_have_text(str(result.counts[true, predicted]))

            cell(page, true, predicted).click()

            expect_gallery(page, result, true, predicted)


def test_the_pages_of_a_cell_hold_every_image_once(page: Page, server: Server, answers):
    result = answers["mlp-256"]
    true = predicted = int(np.argmin(np.diag(result.counts)))
    expected = result.indices[result.chosen(Choice(true, predicted))].tolist()
    page.goto(f"{server.url}/Confusion?run=mlp-256&true={true}&predicted={predicted}")
    expect_gallery(page, result, true, predicted)
    seen = shown_indices(page)
    while len(seen) < len(expected):
        page.get_by_role("button", name="Next page").click()
        expect_images(page, expected[len(seen) :][:PAGE_SIZE])
        seen += shown_indices(page)

    assert seen == expected


def test_fast_clicks_never_open_a_wrong_cell(page: Page, server: Server, answers):
    result = answers["mlp-256"]
    page.set_viewport_size({"width": 1280, "height": 2400})  # the mouse reaches every cell
    page.goto(f"{server.url}/Confusion?run=mlp-256")
    expect(cell(page, 0, 0)).to_be_visible()
    settle(page)  # all is in its place
    boxes = [[cell(page, i, j).bounding_box() for j in range(10)] for i in range(10)]
    random.seed(0)
    before = None
    for _ in range(50):
        true, predicted = random.choice(
            [(i, j) for i in range(10) for j in range(10) if (i, j) != before]
        )
        box = boxes[true][predicted]

        # In one step and at once, as a quick hand does.
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.up()

        expect_gallery(page, result, true, predicted)
        before = true, predicted


def test_of_clicks_without_a_pause_the_last_one_counts(page: Page, server: Server, answers):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/Confusion?run=mlp-256")
    path = [(4, 9), (5, 3), (7, 2), (0, 6), (2, 8), (9, 4)]
    for true, predicted in path:
        cell(page, true, predicted).click()

    expect_gallery(page, answers["mlp-256"], *path[-1])
    expect(page).to_have_url(re.compile("true=9&predicted=4"))


def test_the_keyboard_chooses_a_cell_and_keeps_the_focus(page: Page, server: Server, answers):
    page.goto(f"{server.url}/Confusion?run=mlp-256")
    cell(page, 0, 0).focus()
    for key in ["ArrowDown"] * 4 + ["ArrowRight"] * 9 + ["Enter"]:
        page.keyboard.press(key)

    expect_gallery(page, answers["mlp-256"], 4, 9)
    expect(cell(page, 4, 9)).to_be_focused()
    expect(cell(page, 4, 9)).to_have_attribute("aria-pressed", "true")

    for key in ["ArrowDown", "Space"]:
        page.keyboard.press(key)

    expect_gallery(page, answers["mlp-256"], 5, 9)
    expect(cell(page, 5, 9)).to_be_focused()


def test_the_keyboard_reaches_the_digits_at_the_edges(page: Page, server: Server, answers):
    result = answers["mlp-256"]
    page.goto(f"{server.url}/Confusion?run=mlp-256")
    cell(page, 4, 0).focus()
    for key in ["ArrowLeft", "Enter"]:
        page.keyboard.press(key)

    n_missed = len(result.chosen(Choice(true=4)))
    expect(heading(page, f"{n_missed} images of digit 4, read as something else")).to_be_visible()
    row = page.get_by_role("button", name=f"all missed 4s (images: {n_missed})")
    expect(row.first).to_be_focused()  # the digit; the last is the total
    expect(row.first).to_have_attribute("aria-pressed", "true")

    for key in ["ArrowRight"] * 11 + ["Enter"] + ["ArrowDown"] * 6 + ["Enter"]:
        page.keyboard.press(key)

    expect(heading(page, f"{result.n_wrong} images read wrong")).to_be_visible()
    corner = page.get_by_role("button", name=f"all mistakes (images: {result.n_wrong})")
    expect(corner).to_be_focused()
    expect(corner).to_have_text(f"✗\u00a0{result.n_wrong}")


def test_a_digit_at_the_edge_opens_all_its_mistakes(page: Page, server: Server, answers):
    result = answers["mlp-256"]
    page.goto(f"{server.url}/Confusion?run=mlp-256")
    for choice, name, text in (
        (Choice(true=4), "all missed 4s", "{n} images of digit 4, read as something else"),
        (Choice(predicted=9), "all false 9s", "{n} images falsely read as 9"),
        (Choice(), "all mistakes", "{n} images read wrong"),
    ):
        expected = result.indices[result.chosen(choice)].tolist()

        page.get_by_role("button", name=f"{name} (images: {len(expected)})").last.click()

        expect(heading(page, text.format(n=len(expected)))).to_be_visible()
        expect_images(page, expected[:PAGE_SIZE])


def test_touch_chooses_a_cell_and_the_matrix_fits_a_phone(phone: Page, server: Server, answers):
    phone.goto(f"{server.url}/Confusion?run=mlp-256")

    cell(phone, 4, 9).tap()

    expect_gallery(phone, answers["mlp-256"], 4, 9)
    table = phone.get_by_role("table", name="Confusion matrix").bounding_box()
    assert table["x"] >= 0
    assert table["x"] + table["width"] <= 390
    for true, predicted in ((0, 0), (9, 9), (1, 1), (0, 9)):
        assert cell(phone, true, predicted).evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def test_what_a_click_opens_comes_into_sight(page: Page, server: Server):
    page.set_viewport_size({"width": 1280, "height": 720})  # a projector's
    page.goto(f"{server.url}/Confusion?run=mlp-256")

    cell(page, 5, 3).click()
    expect(page.get_by_role("heading", name="of digit 5, read as 3")).to_be_in_viewport()
    expect(images(page).first).to_be_in_viewport(ratio=1)
    expect(cell(page, 9, 9)).to_be_in_viewport()  # the matrix too

    images(page).nth(1).click()
    expect(page.get_by_role("heading", name="Test image")).to_be_in_viewport()
    expect(page.get_by_role("img", name="The digit as 28 × 28 pixels")).to_be_in_viewport(ratio=1)


def test_what_a_link_names_comes_into_sight(page: Page, server: Server, answers):
    page.set_viewport_size({"width": 1280, "height": 720})
    result = answers["mlp-256"]
    index = result.indices[result.chosen(Choice(4, 9))][0]
    link = f"{server.url}/Confusion?run=mlp-256&true=4&predicted=9"

    page.goto(link)
    expect(images(page).first).to_be_in_viewport(ratio=1)

    page.goto(f"{link}&index={index}")
    expect(page.get_by_role("img", name="The digit as 28 × 28 pixels")).to_be_in_viewport(ratio=1)

    page.goto(f"{server.url}/Confusion?run=mlp-256&section=networks")
    expect(page.get_by_text("Network B, to compare with")).to_be_in_viewport()


def test_a_cell_can_be_chosen_again_after_another_way_led_elsewhere(
    page: Page, server: Server, answers
):
    result = answers["mlp-256"]
    other = next(pair for pair in result.most_confused(2) if (pair.true, pair.predicted) != (4, 9))
    page.goto(f"{server.url}/Confusion?run=mlp-256")
    cell(page, 4, 9).click()
    expect_gallery(page, result, 4, 9)
    page.get_by_role("button", name=f"{other.true} read as {other.predicted}").click()
    expect_gallery(page, result, other.true, other.predicted)

    cell(page, 4, 9).click()
    expect_gallery(page, result, 4, 9)

    cell(page, 4, 9).click()
    expect(images(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("true="))


def test_the_url_reopens_the_same_view_in_another_browser(
    page: Page, server: Server, browser: Browser
):
    page.goto(f"{server.url}/Confusion?run=mlp-256")
    page.get_by_text("Which answers count").click()
    page.get_by_role("slider", name="Answer only when").press("ArrowRight")
    expect(page).to_have_url(re.compile("sure=30"))
    page.get_by_role("radio", name="Share of row").click()
    cell(page, 4, 9).click()
    expect(images(page).first).to_be_visible()
    page.get_by_role("radio", name="By index").click()
    expect(page).to_have_url(re.compile("order=index"))
    images(page).nth(1).click()
    expect(page).to_have_url(re.compile(r"index=\d"))

    with visit(browser) as other:
        other.goto(page.url)

        expect_images(other, shown_indices(page))
        expect(images(other).nth(1)).to_have_attribute("aria-pressed", "true")
        expect(cell(other, 4, 9)).to_have_attribute("aria-pressed", "true")
        expect(cell(other, 4, 9)).to_have_text(cell(page, 4, 9).inner_text())
        expect(other.get_by_role("radio", name="By index")).to_be_checked()
        expect(other).to_have_url(page.url)


def test_the_mistakes_and_the_images_can_be_taken_home(page: Page, server: Server, answers):
    result = answers["mlp-256"]
    page.goto(f"{server.url}/Confusion?run=mlp-256&true=4&predicted=9")
    with page.expect_download() as csv:
        page.get_by_role("button", name="Mistakes as CSV").click()
    with page.expect_download() as sheet:
        page.get_by_role("button", name="Sheet as PNG").click()

    table = pd.read_csv(csv.value.path())
    is_wrong = result.y_true != result.y_pred
    assert table["index"].tolist() == np.flatnonzero(is_wrong).tolist()
    assert table["true"].tolist() == result.y_true[is_wrong].tolist()
    assert table["predicted"].tolist() == result.y_pred[is_wrong].tolist()
    ten = table[[f"p_{digit}" for digit in range(10)]].to_numpy()
    images = load_dataset().test_images[is_wrong]
    np.testing.assert_allclose(ten, RunStore().network("mlp-256").probabilities(images), atol=1e-6)
    with Image.open(sheet.value.path()) as picture:
        n_rows = -(-int(result.counts[4, 9]) // 10)
        assert picture.format == "PNG"
        assert picture.width > 10 * 84
        assert n_rows * 84 < picture.height < (n_rows + 1) * 140


def test_of_images_held_back_and_of_an_earlier_epoch_the_mistakes_are_their_own(
    page: Page, server: Server
):
    dataset, store = load_dataset(), RunStore()
    images, labels = dataset.train_images[48_000:], dataset.train_labels[48_000:]
    held_back = store.network("mlp-256").probabilities(images)

    def download(link: str) -> pd.DataFrame:
        page.goto(f"{server.url}/Confusion?run=mlp-256&{link}")
        with page.expect_download() as csv:
            page.get_by_role("button", name="Mistakes as CSV").click()
        return pd.read_csv(csv.value.path())

    table = download("split=validation")
    is_wrong = held_back.argmax(axis=1) != labels
    assert table["index"].tolist() == (48_000 + np.flatnonzero(is_wrong)).tolist()
    ten = table[[f"p_{digit}" for digit in range(10)]].to_numpy()
    np.testing.assert_allclose(ten, held_back[is_wrong], atol=1e-6)

    table = download("epoch=2")
    after = store.epoch("mlp-256", 2).y_pred
    assert table["index"].tolist() == np.flatnonzero(after != dataset.test_labels).tolist()
    assert "p_0" not in table.columns


def test_a_run_that_is_deleted_meanwhile_gives_a_sentence(page: Page, server: Server):
    store = RunStore(server.runs_url)
    run_id = add_finished(store, "short-lived").id
    page.goto(f"{server.url}/Confusion?run={run_id}")
    expect(cell(page, 4, 9)).to_be_visible()

    store.delete(run_id)
    cell(page, 4, 9).click()

    expect(page.get_by_text(re.compile(rf"There is no run .*{run_id}"))).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(cell(page, 4, 9)).to_be_visible()  # of another network


def test_the_images_are_gone_through_with_the_mouse_and_with_arrow_keys(
    page: Page, server: Server, answers
):
    result = answers["mlp-256"]
    expected = result.indices[result.chosen(Choice())].tolist()
    page.goto(f"{server.url}/Confusion?run=mlp-256&mistakes=all&index={expected[0]}")
    following = page.get_by_role("button", name="Next", exact=True)
    expect(images(page).first).to_be_visible()
    expect(following).to_be_in_viewport()  # the page scrolls to it
    come_to_rest(page)
    place = following.bounding_box()

    following.click()

    expect(heading(page, f"Test image {expected[1]}")).to_be_visible()
    come_to_rest(page)
    assert following.bounding_box() == place
    expect(following).to_be_focused()
    for key, number in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        expect(heading(page, f"Test image {expected[number]}")).to_be_visible()
        expect(page.get_by_role("status").get_by_text(f"{number + 1} of ")).to_be_visible()
    expect(following).to_be_focused()


def test_an_image_that_two_networks_miss_is_opened_and_gone_on_from(page: Page, server: Server):
    page.goto(f"{server.url}/Confusion?run=mlp-256&section=networks&other=mlp-512")
    missed = page.get_by_role("group", name="What both miss")
    tiles = missed.get_by_role("button", name=re.compile(r"^image \d+: "))
    expect(tiles.nth(1)).to_be_visible()
    numbers = [
        int(re.search(r"\d+", tiles.nth(i).get_attribute("aria-label"))[0]) for i in range(2)
    ]

    tiles.first.click()

    expect(heading(page, f"Test image {numbers[0]}")).to_be_in_viewport()
    for name in ("A: mlp-256", "B: mlp-512"):
        expect(heading(page, name)).to_be_visible()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(heading(page, f"Test image {numbers[1]}")).to_be_visible()
    expect(page).to_have_url(re.compile(f"compared={numbers[1]}"))
