"""From a picture to 28 x 28 pixels, step by step."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.pictures.steps import Step, to_digit, to_digit_naively
from mnist_core.store.run_store import RunStore
from pages.ui.widgets import tiles
from tests.core.pictures.test_sheet import grid, on_paper, sheet_of
from tests.pages.conftest import open_page
from tests.pages.draw.helpers import PAGE, draw, headings, pictures, png, reading_of, seven, upload


@pytest.mark.parametrize("step", list(Step))
def test_each_step_can_be_switched_off(app: AppTest, step: Step):
    image = underlined_seven()
    upload(app, ("seven.png", png(image)))

    app.toggle(key=f"draw.step.{step}").set_value(False).run()

    steps = to_digit(image, steps=set(Step) - {step})
    assert tiles.data_uri(steps.digit) in pictures(app)


def underlined_seven() -> Image.Image:
    image = seven("black", "white")
    line = (0.1 * image.width, 0.97 * image.height, 0.9 * image.width, 0.97 * image.height)
    ImageDraw.Draw(image).line(line, fill="black", width=4)
    return image


def test_what_is_left_out_is_said_and_shown_as_a_step_of_its_own(app: AppTest):
    upload(app, ("seven.png", png(underlined_seven())))
    assert "Lines, frames or a desk are left out." in [each.value for each in app.caption]
    assert any("the X-ray below shows what" in each.value for each in app.caption)
    assert "### It reads 7" in headings(app)

    app.toggle(key="draw.step.alone").set_value(False).run()

    assert tiles.data_uri(to_digit(seven("black", "white")).digit) not in pictures(app)


def test_a_digit_alone_has_no_such_step(app: AppTest):
    upload(app, ("seven.png", png(seven("black", "white"))))

    assert "draw.step.alone" not in [toggle.key for toggle in app.toggle]
    assert not any("are left out" in each.value for each in app.caption)


def test_a_step_that_is_left_out_says_so_and_all_can_be_taken_again(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))
    app.toggle(key="draw.step.scale").set_value(False).run()
    captions = [caption.value for caption in app.caption]
    assert captions.count("Left out.") == 1
    assert not any("your strokes are" in caption for caption in captions)

    app.button(key="draw.steps").click().run()

    captions = [caption.value for caption in app.caption]
    assert "Left out." not in captions
    assert any("your strokes are" in caption for caption in captions)


def test_a_digit_of_a_sheet_is_shown_as_it_stands_on_the_paper(app: AppTest):
    images = load_dataset().test_images[:4]
    sheet = on_paper(sheet_of(images, grid(1, 4), shape=(130, 400)))

    upload(app, ("sheet.png", png(sheet)))

    captions = [caption.value for caption in app.caption]
    assert "The ink is dark: black and white are swapped." in captions


def test_two_readings_stand_beside_each_other(app: AppTest):
    network = RunStore().network("best-mlp")
    image = seven("black", "white")
    careful, naive = to_digit(image).digit, to_digit_naively(image)

    upload(app, ("seven.png", png(image)))

    for digit in (careful, naive):
        probabilities = network.probabilities(digit[np.newaxis])[0]
        assert tiles.data_uri(digit) in pictures(app)
        assert reading_of(probabilities) in headings(app).splitlines()


def test_a_small_4_in_the_corner_makes_the_point(app: AppTest):
    open_page(app, PAGE)

    app.button(key="draw.corner").click().run()

    careful, naive = [line for line in headings(app).splitlines() if line.startswith("It reads")][
        :2
    ]
    assert careful.startswith("It reads 4")
    assert not naive.startswith("It reads 4")


def test_the_switches_stay_when_the_page_is_left(app: AppTest):
    open_page(app, PAGE)
    draw(app, seven("white", "black", "RGBA"))
    app.toggle(key="draw.step.centre").set_value(False).run()

    app.switch_page("pages/1_Samples.py").run()
    app.switch_page(PAGE).run()

    assert not app.toggle(key="draw.step.centre").value
    steps = to_digit(
        seven("white", "black"), is_dark_on_bright=False, steps=set(Step) - {Step.CENTRE}
    )
    assert tiles.data_uri(steps.digit) in pictures(app)
