"""The canvas."""

import base64

import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from tests.core.pictures.test_files import png_claiming
from tests.pages.conftest import open_page
from tests.pages.draw.helpers import (
    PAGE,
    TOO_MANY,
    UNREADABLE,
    draw,
    drawn_again,
    headings,
    seven,
)


def test_nothing_drawn_is_not_predicted(app: AppTest):
    open_page(app, PAGE)

    assert "It reads" not in headings(app)
    assert [info.value[:12] for info in app.info] == ["Draw a digit"]


def test_a_drawn_digit_is_read(app: AppTest):
    open_page(app, PAGE)

    draw(app, seven("white", "black", "RGBA"))

    assert not app.exception
    assert "### It reads 7" in headings(app)


def test_a_blank_canvas_after_undo_is_not_predicted(app: AppTest):
    open_page(app, PAGE)

    draw(app, Image.new("RGBA", (280, 280), "black"))

    assert "It reads" not in headings(app)
    assert not app.error


def test_what_no_canvas_sends_is_read_as_carefully_as_a_file(app: AppTest):
    bomb = base64.b64encode(png_claiming(20_000, 20_000)).decode()
    open_page(app, PAGE)
    app.session_state["draw.canvas.0"] = {
        "drawing": {"raw": {"objects": []}, "data": f"data:image/png;base64,{bomb}"},
        "backgroundFit": None,
    }

    app.run()

    assert not app.exception
    assert [error.value for error in app.error] == [TOO_MANY]


@pytest.mark.parametrize("data", ["nonsense", "data:image/png;base64,!", 7])
def test_what_is_no_picture_gets_a_sentence(app: AppTest, data: object):
    open_page(app, PAGE)
    app.session_state["draw.canvas.0"] = {
        "drawing": {"raw": {"objects": []}, "data": data},
        "backgroundFit": None,
    }

    app.run()

    assert not app.exception
    assert [error.value for error in app.error] == [UNREADABLE]


def test_a_picture_larger_than_the_canvas_is_refused(app: AppTest):
    open_page(app, PAGE)

    draw(app, Image.new("RGBA", (281, 280), "white"))

    assert [error.value for error in app.error] == [
        "The drawing is too large to be kept: clear it and begin anew"
    ]


def test_the_last_twenty_strokes_can_be_undone_one_by_one(app: AppTest):
    open_page(app, PAGE)
    image = Image.new("RGBA", (280, 280), "black")
    for number in range(22):
        x = 30 + 9 * number
        ImageDraw.Draw(image).line([(x, 40), (x, 240)], "white", 14)
        draw(app, image)

    for _ in range(20):
        assert not app.button(key="draw.undo").disabled
        app.button(key="draw.undo").click().run()

    assert app.button(key="draw.undo").disabled
    assert "### It reads" in headings(app)  # the oldest that is kept, not an empty canvas


def test_the_drawing_survives_a_page_switch(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))

    app.switch_page("pages/1_Samples.py").run()
    app.switch_page(PAGE).run()

    assert "It reads 7" in headings(app)


def test_clear_forgets_the_drawing_and_undo_brings_it_back(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))

    app.button(key="draw.clear").click().run()
    assert "It reads" not in headings(app)

    app.button(key="draw.undo").click().run()
    assert "It reads 7" in headings(app)


def test_undo_takes_one_stroke_back_after_the_other(app: AppTest):
    open_page(app, PAGE)
    one = Image.new("RGBA", (280, 280), "black")
    ImageDraw.Draw(one).line([(140, 60), (140, 220)], "white", 22)
    draw(app, one)
    draw(app, seven("white", "black", "RGBA"))

    app.button(key="draw.undo").click().run()
    assert "It reads 1" in headings(app)

    app.button(key="draw.undo").click().run()
    assert "It reads" not in headings(app)
    assert app.button(key="draw.undo").disabled


def test_there_is_nothing_to_undo_or_clear_on_an_empty_canvas(app: AppTest):
    open_page(app, PAGE)

    assert app.button(key="draw.undo").disabled
    assert app.button(key="draw.clear").disabled


def test_what_is_done_beside_the_canvas_is_no_stroke_to_undo(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))
    app.toggle(key="draw.step.centre").set_value(False).run()
    app.toggle(key="draw.step.centre").set_value(True).run()

    app.button(key="draw.undo").click().run()

    assert "It reads" not in headings(app)


def test_the_canvas_shows_its_drawing_again_after_another_source(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))
    assert drawn_again(app) == []  # it is on it

    app.segmented_control(key="draw.source").set_value("upload").run()
    app.segmented_control(key="draw.source").set_value("draw").run()

    assert drawn_again(app) == [{}]
    assert "### It reads 7" in headings(app)
