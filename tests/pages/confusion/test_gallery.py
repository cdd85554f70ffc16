"""The images behind a choice in the matrix."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import component, open_page
from tests.pages.confusion.helpers import PAGE, RUN, gallery, matrix, shown_indices


def test_a_cell_shows_its_images_the_most_confident_mistake_first(
    app: AppTest, answers, probabilities, worst_pair
):
    y_true, y_pred = answers
    true, predicted = worst_pair
    expected = np.flatnonzero((y_true == true) & (y_pred == predicted))
    expected = expected[np.argsort(-probabilities[expected, predicted], kind="stable")]

    open_page(app, PAGE, run=RUN, true=str(true), predicted=str(predicted))

    assert app.subheader[0].value == (
        f"{len(expected)} images of digit {true}, read as {predicted}"
    )
    assert shown_indices(app) == expected.tolist()
    for tile in gallery(app):
        p = probabilities[tile["index"]]
        assert tile["title"] == f"{true}→{predicted} ✗"
        assert tile["note"] == f"{predicted}: {p[predicted]:.1%} · {true}: {p[true]:.1%}"


@pytest.mark.parametrize("order", ["most-sure", "least-sure", "index"])
def test_the_images_can_be_sorted(app: AppTest, probabilities, worst_pair, order):
    true, predicted = (str(digit) for digit in worst_pair)
    open_page(app, PAGE, run=RUN, true=true, predicted=predicted)

    app.segmented_control(key="confusion.order").set_value(order).run()

    indices = np.array(shown_indices(app))
    sorted_by = {
        "most-sure": -probabilities[indices, int(predicted)],
        "least-sure": probabilities[indices, int(predicted)],
        "index": indices,
    }[order]
    assert (np.diff(sorted_by) >= 0).all()
    assert app.query_params.get("order", "most-sure") == order


def test_the_diagonal_shows_hits_the_least_certain_first_page_by_page(
    app: AppTest, answers, probabilities
):
    y_true, y_pred = answers
    hits = np.flatnonzero((y_true == 0) & (y_pred == 0))
    expected = hits[np.argsort(probabilities[hits, 0], kind="stable")]

    open_page(app, PAGE, run=RUN, true="0", predicted="0")

    assert app.subheader[0].value == f"{len(hits)} images of digit 0, read right"
    assert shown_indices(app) == expected[:40].tolist()


def test_a_row_shows_all_that_was_missed_and_a_column_all_that_was_taken_for_it(
    app: AppTest, answers
):
    y_true, y_pred = answers

    open_page(app, PAGE, run=RUN, true="4")
    assert sorted(shown_indices(app)) == np.flatnonzero((y_true == 4) & (y_pred != 4)).tolist()
    assert matrix(app)["chosen"] == [4, None]

    del app.query_params["true"]
    app.query_params["predicted"] = "9"
    app.run()
    falsely = np.flatnonzero((y_true != 9) & (y_pred == 9))
    assert sorted(shown_indices(app)) == falsely.tolist()
    assert app.subheader[0].value == f"{len(falsely)} images falsely read as 9"


@pytest.mark.parametrize(("mistakes", "n"), [("all", None), ("surest", 5)])
def test_all_mistakes_are_shown_the_surest_first(app: AppTest, answers, probabilities, mistakes, n):
    y_true, y_pred = answers
    wrong = np.flatnonzero(y_true != y_pred)
    expected = wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:n]

    open_page(app, PAGE, run=RUN, mistakes=mistakes)

    assert shown_indices(app) == expected[:40].tolist()
    assert app.subheader[0].value == (
        f"{len(wrong)} images read wrong" if n is None else "The 5 surest mistakes"
    )
    assert matrix(app)["chosen"] == ([None, None] if n is None else None)


def test_one_click_opens_the_surest_mistakes(app: AppTest):
    open_page(app, PAGE, run=RUN, true="4", predicted="9")

    app.button(key="confusion.surest").click().run()

    assert app.query_params["mistakes"] == "surest"
    assert "true" not in app.query_params
    assert len(shown_indices(app)) == 5


def test_a_cell_that_never_happened_says_so(app: AppTest, answers):
    seen = set(zip(*answers, strict=True))
    predicted = next(digit for digit in range(10) if (0, digit) not in seen)

    open_page(app, PAGE, run=RUN, true="0", predicted=str(predicted))

    assert app.subheader[0].value == f"0 images of digit 0, read as {predicted}"
    assert any("no such image" in text.value for text in app.markdown)


def test_a_link_to_an_image_opens_its_page_of_the_cell(app: AppTest, answers, probabilities):
    y_true, y_pred = answers
    hits = np.flatnonzero((y_true == 0) & (y_pred == 0))
    ordered = hits[np.argsort(probabilities[hits, 0], kind="stable")]

    open_page(app, PAGE, run=RUN, true="0", predicted="0", index=str(ordered[90]))

    assert shown_indices(app) == ordered[80:120].tolist()
    assert component(app, "confusion.tiles")["chosen"] == ordered[90]
