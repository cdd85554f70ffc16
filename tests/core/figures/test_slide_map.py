"""The map of what is read at every shift."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

import mnist_core
from mnist_core.figures.slide_map import DIGIT_COLOURS, STRENGTHS, SlideWords, slide_chart
from mnist_core.network.damage import slide_map

WORDS = SlideWords(
    right="Right (px)",
    down="Down (px)",
    hover="{right}, {down}: {digit}, {sure}",
)
CONFIG = Path(mnist_core.__file__).parents[1] / ".streamlit" / "config.toml"


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


def luminance(colour: np.ndarray) -> float:
    """Relative luminance of an sRGB colour 0..1, as WCAG 2 defines it."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", DIGIT_COLOURS)
def test_the_text_of_the_page_is_legible_on_the_strongest_cell(theme: str, colour: str):
    page = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][theme]
    strongest = STRENGTHS[1]

    cell = strongest * rgb(colour) + (1 - strongest) * rgb(page["backgroundColor"])

    low, high = sorted((luminance(cell), luminance(rgb(page["textColor"]))))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_each_digit_has_a_colour_of_its_own():
    assert len(set(DIGIT_COLOURS)) == 10
