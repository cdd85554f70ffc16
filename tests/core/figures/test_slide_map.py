"""The map of what is read at every shift."""

import numpy as np
import pytest

from mnist_core.figures.palette import DIGIT_COLOURS
from mnist_core.figures.slide_map import STRENGTHS, SlideWords, slide_chart
from mnist_core.network.damage import slide_map
from tests.core.figures.contrast import contrast, mixed, theme

WORDS = SlideWords(
    right="Right (px)",
    down="Down (px)",
    hover="{right}, {down}: {digit}, {sure}",
)


def test_every_cell_says_what_is_read_at_its_shift(dataset, baseline_networks):
    probabilities = slide_map(baseline_networks["mlp-512"], dataset.test_images[0])

    frame = slide_chart(probabilities, words=WORDS).frame

    assert len(frame) == 169
    for down, right in [(0, 0), (-6, 6), (2, -5)]:
        (cell,) = frame[(frame["right"] == right) & (frame["down"] == down)].itertuples()
        expected = probabilities[6 + down, 6 + right]
        assert cell.digit == str(expected.argmax())
        assert cell.confidence == pytest.approx(expected.max())
        assert cell.sentence == f"{right}, {down}: {expected.argmax()}, {expected.max():.1%}"


def test_the_cell_in_the_middle_is_marked():
    frame = slide_chart(np.full((13, 13, 10), 0.1), words=WORDS).frame

    (middle,) = frame[frame["is_middle"]].itertuples()
    assert (middle.right, middle.down) == (0, 0)


def test_a_cell_has_its_digit_as_text_its_colour_and_its_confidence_as_strength():
    chart = slide_chart(np.full((13, 13, 10), 0.1), words=WORDS)

    cells, texts = (layer["encoding"] for layer in chart.spec["layer"])
    assert texts["text"]["field"] == "digit"
    assert cells["color"]["field"] == "digit"
    assert cells["fillOpacity"]["field"] == "confidence"
    assert cells["x"]["title"] == "Right (px)"
    assert cells["y"]["title"] == "Down (px)"
    assert cells["tooltip"]["field"] == cells["description"]["field"] == "sentence"


def test_the_empty_row_of_a_chart_without_data_is_not_drawn():
    chart = slide_chart(np.full((13, 13, 10), 0.1), words=WORDS)

    # Left as it is: where the description holds no row at all, the chart shows no later data.
    assert list(chart.spec["datasets"].values()) == [[{}]]
    for layer in chart.spec["layer"]:
        assert layer["transform"] == [{"filter": "isValid(datum.digit)"}]


@pytest.mark.parametrize("page", ["light", "dark"])
@pytest.mark.parametrize("colour", DIGIT_COLOURS)
def test_the_text_of_the_page_is_legible_on_the_strongest_cell(page: str, colour: str):
    cell = mixed(colour, theme(page)["backgroundColor"], STRENGTHS[1])

    assert contrast(cell, mixed(theme(page)["textColor"], "#000000", 1)) >= 4.5


def test_each_digit_has_a_colour_of_its_own():
    assert len(set(DIGIT_COLOURS)) == 10
