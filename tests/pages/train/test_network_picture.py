"""The picture of the network on the Train page."""

import re
from xml.etree import ElementTree as ET

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.figures.network_layout import count_circles
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.presets import PRESETS
from pages.ui.train import network_picture
from tests.pages.conftest import open_page

PAGE = "pages/2_Train.py"


def picture(app: AppTest) -> ET.Element:
    """Find the picture of a page; it must be well formed."""
    (html,) = [text.value for text in app.markdown if "mnist-network" in text.value]
    assert not app.exception
    return ET.fromstring(html)


def count(tree: ET.Element, name: str) -> int:
    return sum(name in element.get("class", "").split() for element in tree.iter())


def text(tree: ET.Element) -> str:
    return " ".join(tree.itertext())


@pytest.mark.parametrize("slug", PRESETS)
def test_every_preset_is_drawn_with_its_layers_and_weights(app: AppTest, slug: str):
    open_page(app, PAGE)
    app.selectbox(key="train.preset").set_value(slug).run()

    drawn = picture(app)

    layers = PRESETS[slug].config.layers
    n_hidden = sum(count_circles(layer.units) for layer in layers)
    assert count(drawn, "mnist-stage") == len(layers) + 2
    assert count(drawn, "mnist-hidden") + count(drawn, "mnist-dropped") == n_hidden
    assert count(drawn, "mnist-digit") == 10
    assert f"{784 * layers[0].units:,} weights" in text(drawn)
    assert f"{layers[-1].units:,} units" in text(drawn)
    assert drawn.get("role") == "img"
    for number in range(1, len(layers) + 1):
        assert f"Hidden layer {number} has" in drawn.get("aria-label")


def test_the_picture_follows_the_units(app: AppTest):
    open_page(app, PAGE)
    app.number_input(key="train.mlp-512.units.1").set_value(5).run()
    few = picture(app)
    app.number_input(key="train.mlp-512.units.1").set_value(900).run()
    many = picture(app)

    assert count(few, "mnist-hidden") == 5
    assert count(many, "mnist-hidden") > 10
    assert "3,920 weights" in text(few)
    assert "705,600 weights" in text(many)


def test_the_picture_follows_the_number_of_layers(app: AppTest):
    open_page(app, PAGE)
    app.slider(key="train.mlp-512.layers.0").set_value(4).run()
    assert count(picture(app), "mnist-lines") == 5

    app.slider(key="train.mlp-512.layers.0").set_value(0).run()

    drawn = picture(app)
    assert count(drawn, "mnist-lines") == 1
    assert "7,840 weights" in text(drawn)
    assert "no hidden layer" in drawn.get("aria-label")


def test_the_picture_follows_the_activation(app: AppTest):
    open_page(app, PAGE)
    app.selectbox(key="train.mlp-512.activation.1").set_value("tanh").run()

    assert "activation tanh" in text(picture(app))


def test_dropout_crosses_circles_out_and_says_so(app: AppTest):
    open_page(app, PAGE)
    without = picture(app)
    assert count(without, "mnist-dropped") == 0
    assert not any("Crossed-out circles" in caption.value for caption in app.caption)

    app.slider(key="train.mlp-512.dropout.1").set_value(0.5).run()

    drawn = picture(app)
    assert count(drawn, "mnist-dropped") == round(count_circles(512) / 2)
    assert "dropout silences 50%" in text(drawn)
    assert "Dropout silences 50% of hidden layer 1" in drawn.get("aria-label")
    assert any("Crossed-out circles" in caption.value for caption in app.caption)


def test_crossed_circles_are_explained_only_where_there_are_some(app: AppTest):
    open_page(app, PAGE)
    app.number_input(key="train.mlp-512.units.1").set_value(1).run()
    app.slider(key="train.mlp-512.dropout.1").set_value(0.9).run()

    assert count(picture(app), "mnist-dropped") == 0
    assert not any("Crossed-out circles" in caption.value for caption in app.caption)


def test_a_line_begins_and_ends_at_the_height_of_its_circles(app: AppTest):
    open_page(app, PAGE)
    app.number_input(key="train.mlp-512.units.1").set_value(3).run()

    _pixels, hidden, digits = (
        {float(mark.get("style").removeprefix("--at:").rstrip("%")) for mark in axis.iter("i")}
        for axis in picture(app).iter("div")
        if axis.get("class") == "mnist-axis"
    )
    path = list(picture(app).iter("path"))[-1].get("d")
    lines = re.findall(r"M0 ([\d.]+)L100 ([\d.]+)", path)

    assert len(lines) == 3 * 10
    assert {float(start) for start, _ in lines} == hidden
    assert {float(end) for _, end in lines} == digits


def test_a_unit_alone_is_named_in_the_singular(app: AppTest):
    open_page(app, PAGE)
    app.number_input(key="train.mlp-512.units.1").set_value(1).run()

    words = list(picture(app).itertext())
    assert "1 unit" in words
    assert "784 weights" in words


def test_every_text_of_the_picture_is_translated_and_escaped(monkeypatch):
    def shouted(message: str, *_others: object, **values: object) -> str:
        return "<&>" + message.format(n=0, **values).upper()

    monkeypatch.setattr(network_picture, "_", shouted)
    monkeypatch.setattr(network_picture, "ngettext", shouted)

    drawn = ET.fromstring(network_picture._html(PRESETS["dropout-256"].config))

    words = [word for word in drawn.itertext() if not word.isdigit()]
    assert len(words) > 10
    assert all(word.startswith("<&>") and word == word.upper() for word in words)
    assert drawn.get("aria-label").startswith("<&>")


def test_the_picture_has_no_line_break_that_would_end_it_in_markdown():
    assert "\n" not in network_picture._html(TrainingConfig())
