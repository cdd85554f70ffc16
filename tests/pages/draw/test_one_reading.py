"""What is read of a picture once is not read again."""

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.pictures.grey import to_grey
from mnist_core.pictures.paper import sort_ink
from mnist_core.pictures.steps import take_steps
from tests.calls import count_calls
from tests.core.pictures.test_sheet import grid, on_paper, sheet_of
from tests.pages.conftest import open_page
from tests.pages.draw.helpers import PAGE, draw, headings, png, seven, upload


def test_a_stroke_is_read_once(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    open_page(app, PAGE)
    counts = count_calls(monkeypatch, to_grey, sort_ink, take_steps)

    draw(app, seven("white", "black", "RGBA"))

    assert "### It reads 7" in headings(app)
    assert counts == {"to_grey": 1, "sort_ink": 1, "take_steps": 1}


def test_what_is_done_beside_it_reads_nothing_anew(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))
    counts = count_calls(monkeypatch, to_grey, sort_ink, take_steps)

    app.toggle(key="draw.break.inverted").set_value(True).run()
    app.segmented_control(key="draw.label").set_value("7").run()

    assert "✓ Kept as 7; you have 1 digit." in [caption.value for caption in app.caption]
    assert not counts


def test_a_step_switched_off_takes_the_steps_anew_from_the_ink_that_was_found(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    upload(app, ("seven.png", png(seven("black", "white"))))
    counts = count_calls(monkeypatch, to_grey, sort_ink, take_steps)

    app.toggle(key="draw.step.centre").set_value(False).run()

    assert "Left out." in [caption.value for caption in app.caption]
    assert counts == {"take_steps": 1}


def test_of_a_sheet_another_digit_is_looked_at_without_reading_it_again(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    images = load_dataset().test_images[:4]
    sheet = on_paper(sheet_of(images, grid(1, 4), shape=(130, 400)))
    upload(app, ("sheet.png", png(sheet)))
    counts = count_calls(monkeypatch, to_grey, sort_ink, take_steps)

    app.session_state["mnist.draw.look"].chosen = 3
    app.run()

    assert "### It reads 0" in headings(app)
    assert not counts
