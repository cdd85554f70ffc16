"""The Confusion page."""

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.dataset import load_dataset
from mnist_core.runs import RunStore
from tests.pages.conftest import open_page

PAGE = "pages/4_Confusion.py"


@pytest.fixture(scope="module")
def answers() -> tuple[np.ndarray, np.ndarray]:
    """The true digits, and what mlp-512 reads."""
    dataset = load_dataset()
    network = RunStore().network("mlp-512")
    return dataset.test_labels, network.probabilities(dataset.test_images).argmax(axis=1)


def component(app: AppTest, key: str) -> dict:
    """What a component was given to show."""
    for element in app.get("bidi_component"):
        if element.proto.id.endswith(key):
            return json.loads(element.proto.json)
    raise KeyError(key)


def shown_indices(app: AppTest) -> list[int]:
    """The indices of the images in the gallery, as their descriptions tell them."""
    (gallery,) = (html.proto.body for html in app.get("html") if 'class="tiles"' in html.proto.body)
    return [int(index) for index in re.findall(r'alt="image (\d+):', gallery)]


def test_the_matrix_holds_the_counts(app: AppTest, answers):
    y_true, y_pred = answers
    expected = np.zeros((10, 10), dtype=int)
    for true, predicted in zip(y_true, y_pred, strict=True):
        expected[true, predicted] += 1

    open_page(app, PAGE, run="mlp-512")

    assert component(app, "confusion.cell")["counts"] == expected.tolist()
    n_wrong = int((y_true != y_pred).sum())
    assert any(f"{n_wrong} are read wrong" in text.value for text in app.markdown)


def test_a_cell_shows_its_images(app: AppTest, answers):
    y_true, y_pred = answers
    expected = np.flatnonzero((y_true == 4) & (y_pred == 9))

    open_page(app, PAGE, run="mlp-512", true="4", predicted="9")

    assert app.subheader[0].value == f"{len(expected)} images of digit 4, read as 9"
    assert sorted(shown_indices(app)) == expected.tolist()


def test_the_diagonal_shows_hits_page_by_page(app: AppTest, answers):
    y_true, y_pred = answers
    n_hits = int(((y_true == 0) & (y_pred == 0)).sum())

    open_page(app, PAGE, run="mlp-512", true="0", predicted="0")

    assert app.subheader[0].value == f"{n_hits} images of digit 0, read right"
    assert len(shown_indices(app)) == 40


def test_the_most_confused_pair_opens_its_cell(app: AppTest):
    open_page(app, PAGE, run="mlp-512")
    button = next(b for b in app.button if b.key and b.key.startswith("confusion.pair."))
    true, predicted = button.key.split(".")[-2:]

    button.click().run()

    assert app.query_params["true"] == true
    assert app.query_params["predicted"] == predicted
    assert f"images of digit {true}, read as {predicted}" in app.subheader[0].value


def test_a_cell_that_never_happened_says_so(app: AppTest, answers):
    seen = set(zip(*answers, strict=True))
    predicted = next(digit for digit in range(10) if (0, digit) not in seen)

    open_page(app, PAGE, run="mlp-512", true="0", predicted=str(predicted))

    assert app.subheader[0].value == f"0 images of digit 0, read as {predicted}"
    assert any("never happened" in text.value for text in app.markdown)


@pytest.mark.parametrize(
    "parameters", [{"true": "x"}, {"true": "4"}, {"true": "4", "predicted": "10"}]
)
def test_nonsense_in_the_url_chooses_no_cell(app: AppTest, parameters: dict[str, str]):
    open_page(app, PAGE, **parameters)

    assert not app.exception
    assert app.subheader[0].value == "Digit by digit"


def test_precision_recall_and_f1_are_those_of_the_counts(app: AppTest, answers):
    y_true, y_pred = answers
    open_page(app, PAGE, run="mlp-512")

    table = app.dataframe[0].value

    for digit in range(10):
        hits = int(((y_true == digit) & (y_pred == digit)).sum())
        precision, recall = hits / (y_pred == digit).sum(), hits / (y_true == digit).sum()
        row = table.iloc[digit]
        assert row["precision"] == pytest.approx(100 * precision)
        assert row["recall"] == pytest.approx(100 * recall)
        assert row["f1"] == pytest.approx(100 * 2 * precision * recall / (precision + recall))
        assert row["support"] == (y_true == digit).sum()
