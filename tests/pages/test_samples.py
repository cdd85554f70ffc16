"""The Samples page."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from tests.core.figures.contrast import contrast, mixed
from tests.pages.conftest import component, open_page

PAGE = "pages/1_Samples.py"


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def subheader(app: AppTest) -> str:
    return app.subheader[0].value


def test_the_first_training_image_is_shown_at_the_start(app: AppTest):
    open_page(app, PAGE)

    assert subheader(app) == "Image 0: digit 5"
    assert app.caption[0].value.startswith("60,000 images")


def test_split_and_digit_filter_the_images(app: AppTest):
    labels = load_dataset().test_labels

    open_page(app, PAGE, split="test", digit="4")

    assert app.caption[0].value.startswith(f"{int((labels == 4).sum()):,} images")
    assert subheader(app) == f"Image {np.flatnonzero(labels == 4)[0]}: digit 4"


def test_choosing_a_filter_writes_the_url(app: AppTest):
    open_page(app, PAGE)

    app.segmented_control(key="samples.split").set_value("test").run()
    app.pills(key="samples.digit").set_value("7").run()

    assert app.query_params["split"] == "test"
    assert app.query_params["digit"] == "7"
    assert subheader(app) == "Image 0: digit 7"


def test_a_link_opens_an_image(app: AppTest):
    open_page(app, PAGE, split="test", index="2")

    assert subheader(app) == "Image 2: digit 1"


def test_choosing_a_tile_shows_its_image(app: AppTest):
    open_page(app, PAGE)

    app.session_state["samples.tiles"] = {"index": 3}
    app.query_params["index"] = "3"
    app.run()

    assert subheader(app) == "Image 3: digit 1"


@pytest.mark.parametrize(
    "parameters",
    [
        {"split": "validation"},
        {"digit": "12"},
        {"index": "x"},
        {"index": "70000"},
        {"digit": "4", "index": "0"},
    ],
)
def test_nonsense_in_the_url_is_dropped(app: AppTest, parameters: dict[str, str]):
    open_page(app, PAGE, **parameters)

    assert not app.exception
    assert not app.error
    assert app.subheader[0].value.startswith("Image ")


def test_pixels_are_shown_raw_as_float_and_normalised(app: AppTest):
    image = load_dataset().train_images[0]
    highest = int(image.max())
    open_page(app, PAGE)
    assert f">{highest}</td>" in html(app)

    form = app.segmented_control(key="samples.form")
    form.set_value("float").run()
    assert f">{highest}.0</td>" in html(app)

    app.segmented_control(key="samples.form").set_value("normalised").run()
    assert f">{highest / 255:.2f}</td>" in html(app)
    assert f">{highest}</td>" not in html(app)
    assert html(app).count("<td style") == 784


def test_the_numbers_of_pixels_are_legible(app: AppTest):
    open_page(app, PAGE)

    grounds, inks = zip(
        *re.findall(r"rgb\((\d+),\d+,\d+\);color:(#[0-9a-f]+)", html(app)), strict=True
    )
    for ground, ink in zip(grounds, inks, strict=True):
        level = f"#{int(ground):02x}" + 2 * f"{int(ground):02x}"
        long = "#" + "".join(2 * each for each in ink[1:])
        assert contrast(mixed(level, level, 1), mixed(long, long, 1)) >= 4.5
    assert len(set(grounds)) > 20


@pytest.mark.parametrize(("digit", "code"), [("3", "0001000000"), ("7", "0000000100")])
def test_the_label_is_shown_one_hot(app: AppTest, digit: str, code: str):
    open_page(app, PAGE, digit=digit)

    assert any(f"becomes {code}" in caption.value for caption in app.caption)
    assert html(app).count("mnist-hot") >= 1


def test_one_goes_on_through_the_images_of_a_digit(app: AppTest):
    sevens = np.flatnonzero(load_dataset().test_labels == 7).tolist()

    open_page(app, PAGE, split="test", digit="7", index=str(sevens[35]))

    data = component(app, "samples.step")
    assert (data["previous"], data["next"]) == (sevens[34], sevens[36])
    assert data["labels"]["place"] == f"36 of {len(sevens):,}"

    app.query_params["index"] = str(sevens[36])
    app.run()

    assert component(app, "samples.tiles")["tiles"][0]["index"] == sevens[36]


def test_an_image_can_be_named_by_its_number(app: AppTest):
    labels = load_dataset().test_labels
    open_page(app, PAGE, split="test", digit=str(labels[4321]))

    app.number_input(key="samples.number.test").set_value(4321).run()

    assert subheader(app) == f"Image 4321: digit {labels[4321]}"
    assert app.query_params["digit"] == str(labels[4321])
    assert app.number_input(key="samples.number.test").value is None


def test_the_filter_gives_way_to_an_image_of_another_digit(app: AppTest):
    label = int(load_dataset().train_labels[59_999])
    open_page(app, PAGE, digit=str((label + 1) % 10))

    app.number_input(key="samples.number.train").set_value(59_999).run()

    assert subheader(app) == f"Image 59999: digit {label}"
    assert "digit" not in app.query_params


def test_the_view_of_the_pixels_stands_in_the_link(app: AppTest):
    open_page(app, PAGE, pixels="normalised")
    assert app.segmented_control(key="samples.form").value == "normalised"

    app.segmented_control(key="samples.form").set_value("float").run()
    assert app.query_params["pixels"] == "float"

    del app.query_params["pixels"]
    app.run()
    assert app.segmented_control(key="samples.form").value == "float"
