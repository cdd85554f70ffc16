"""What is read of a picture, by one network or two, and the sections below."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from mnist_core.pictures.paper import has_dark_ink
from mnist_core.pictures.steps import to_digit
from pages.ui.widgets import tiles
from tests.pages.conftest import open_page
from tests.pages.draw.helpers import (
    PAGE,
    disputed_digit,
    draw,
    headings,
    pictures,
    png,
    seven,
    upload,
)


@pytest.mark.parametrize("is_full", [False, True])
def test_a_speck_and_a_canvas_full_of_ink_get_a_friendly_sentence(app: AppTest, is_full: bool):
    drawing = Image.new("RGBA", (280, 280), "white" if is_full else "black")
    drawing.putpixel((100, 100), (255, 255, 255, 255))
    open_page(app, PAGE)

    draw(app, drawing)

    assert [info.value for info in app.info] == [
        "No digit was found: the ink needs more contrast with its background"
        if is_full
        else "That is only a dot: draw a larger digit"
    ]
    assert not app.error
    assert "It reads" not in headings(app)


def test_ink_on_most_of_the_rim_is_ink_all_the_same(app: AppTest):
    image = Image.new("RGBA", (280, 280), "black")
    ImageDraw.Draw(image).rectangle((0, 0, 279, 279), outline="white", width=12)
    open_page(app, PAGE)

    draw(app, image)

    steps = to_digit(image.convert("L"), is_dark_on_bright=False)
    assert has_dark_ink(np.asarray(image.convert("L")))  # so it would seem
    assert tiles.data_uri(steps.digit) in pictures(app)


def test_the_thickness_of_the_strokes_is_told_as_it_is_after_scaling(app: AppTest):
    image = seven("white", "black", "RGBA")
    open_page(app, PAGE)

    draw(app, image)

    width = to_digit(image, is_dark_on_bright=False).stroke_width
    (caption,) = (each.value for each in app.caption if "your strokes are" in each.value)
    assert f"your strokes are {width:.1f} pixels thick" in caption


class TestNetworks:
    def test_the_network_of_the_chosen_run_answers(self, app: AppTest):
        picture, answers = disputed_digit()
        upload(app, ("digit.png", png(picture)), run="mlp-256")
        assert f"### It reads {answers['mlp-256']}" in headings(app)

        app.selectbox(key="run.choice").set_value("mlp-512").run()

        assert app.query_params["run"] == "mlp-512"
        assert f"### It reads {answers['mlp-512']}" in headings(app)

    def test_two_networks_answer_beside_each_other(self, app: AppTest):
        picture, answers = disputed_digit()
        upload(app, ("digit.png", png(picture)), run="mlp-256")

        app.selectbox(key="draw.other").set_value("mlp-512").run()

        assert app.query_params["other"] == "mlp-512"
        assert f"### It reads {answers['mlp-256']}" in headings(app)
        assert f"### It reads {answers['mlp-512']}" in headings(app)
        assert "All that follows is about mlp\\-256." in [each.value for each in app.caption]

    def test_a_link_opens_two_networks(self, app: AppTest):
        open_page(app, PAGE, run="mlp-256", other="mlp-512")

        assert app.selectbox(key="draw.other").value == "mlp-512"

    def test_a_network_is_not_offered_beside_itself(self, app: AppTest):
        open_page(app, PAGE, run="mlp-256", other="mlp-256")

        assert app.selectbox(key="draw.other").value is None
        assert not app.exception


class TestSections:
    def test_why_explains_the_drawn_digit(self, app: AppTest):
        open_page(app, PAGE, section="why", run="mlp-256")

        draw(app, seven("white", "black", "RGBA"))

        assert not app.exception
        assert "**Evidence for 7" in headings(app)
        assert "**Nearest training images, by their pixels**" in headings(app)

    def test_break_it_is_opened_first(self, app: AppTest):
        open_page(app, PAGE)

        draw(app, seven("white", "black", "RGBA"))

        assert app.toggle(key="draw.break.inverted")

    def test_the_open_section_stands_in_the_url(self, app: AppTest):
        open_page(app, PAGE)
        draw(app, seven("white", "black", "RGBA"))

        app.segmented_control(key="draw.section").set_value("why").run()

        assert app.query_params["section"] == "why"
