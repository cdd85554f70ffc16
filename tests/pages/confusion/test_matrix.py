"""The matrix, and the choice of a cell."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset
from mnist_core.store.run_store import RunStore
from tests.pages.conftest import open_page
from tests.pages.confusion.helpers import PAGE, RUN, count, matrix


def test_the_matrix_holds_the_counts(app: AppTest, answers):
    y_true, y_pred = answers

    open_page(app, PAGE, run=RUN)

    assert matrix(app)["counts"] == count(y_true, y_pred).tolist()
    assert matrix(app)["chosen"] is None
    n_wrong = int((y_true != y_pred).sum())
    assert any(f"{n_wrong} are read wrong" in text.value for text in app.markdown)


@pytest.mark.parametrize(("unit", "axis"), [("row", 1), ("column", 0)])
def test_the_cells_can_be_shares_of_their_row_or_column(app: AppTest, answers, unit, axis):
    counts = count(*answers)

    open_page(app, PAGE, run=RUN, unit=unit)

    expected = 100 * counts / counts.sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(matrix(app)["values"], expected)
    texts = np.array(matrix(app)["texts"])
    np.testing.assert_allclose(texts.astype(float), expected, atol=0.0501)
    assert ((texts.astype(float) == 0) == (counts == 0)).all()
    assert ((texts.astype(float) == 100) == (expected == 100)).all()


def test_the_most_confused_pair_opens_its_cell(app: AppTest, worst_pair):
    open_page(app, PAGE, run=RUN, index="5")
    button = next(b for b in app.button if b.key and b.key.startswith("confusion.pair."))

    button.click().run()

    true, predicted = worst_pair
    assert button.label.startswith(f"{true} read as {predicted}")
    assert app.query_params["true"] == str(true)
    assert app.query_params["predicted"] == str(predicted)
    assert "index" not in app.query_params
    assert f"images of digit {true}, read as {predicted}" in app.subheader[0].value


@pytest.mark.parametrize(
    "parameters",
    [
        {"true": "x"},
        {"predicted": "10"},
        {"order": "size"},
        {"sure": "51"},
        {"undisputed": "0"},
        {"index": "10000"},
    ],
)
def test_nonsense_in_the_url_chooses_nothing(app: AppTest, parameters: dict[str, str]):
    open_page(app, PAGE, run=RUN, **parameters)

    assert not app.exception
    assert matrix(app)["chosen"] is None
    assert np.sum(matrix(app)["counts"]) == 10_000


def test_through_a_replay_one_colour_means_one_number(app: AppTest):
    def worst_after(epoch: int) -> int:
        counts = count(load_dataset().test_labels, RunStore().epoch(RUN, epoch).y_pred)
        np.fill_diagonal(counts, 0)
        return int(counts.max())

    open_page(app, PAGE, run=RUN, epoch="3")
    assert matrix(app)["worst"] == worst_after(1)

    app.select_slider(key="confusion.epoch").set_value("5").run()
    assert matrix(app)["worst"] == worst_after(1)
