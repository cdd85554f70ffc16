"""One chosen image."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_disputed_labels
from mnist_core.store.run_store import RunStore
from tests.pages.conftest import component, open_page
from tests.pages.confusion.helpers import PAGE, RUN, shown_indices


def test_a_chosen_image_is_explained_with_the_votes_and_when_it_was_learned(app: AppTest, answers):
    y_true, y_pred = answers
    label = next(d for d in load_disputed_labels() if y_true[d.index] != y_pred[d.index])
    true, predicted = int(y_true[label.index]), int(y_pred[label.index])

    open_page(app, PAGE, run=RUN, true=str(true), predicted=str(predicted), index=str(label.index))

    assert f"Test image {label.index}" in [text.value for text in app.subheader]
    texts = [text.value for text in app.markdown] + [text.value for text in app.caption]
    assert any(f"{label.votes_suggested} said {label.suggested}" in text for text in texts)
    p_true = {
        epoch: values[label.index] for epoch, values in RunStore().p_true_by_epoch(RUN).items()
    }
    drawn = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]
    assert drawn["x"] == list(p_true)
    assert drawn["y"] == pytest.approx(list(p_true.values()))


def test_an_image_that_is_not_among_the_answers_is_not_shown(app: AppTest, probabilities):
    unsure = int(probabilities.max(axis=1).argmin())

    open_page(app, PAGE, run=RUN, index=str(unsure), sure="99")

    assert not app.exception
    assert f"Test image {unsure}" not in [text.value for text in app.subheader]


def test_an_image_of_another_cell_is_not_shown(app: AppTest, answers):
    y_true, y_pred = answers
    other = int(np.flatnonzero((y_true == 7) & (y_pred == 7))[0])

    open_page(app, PAGE, run=RUN, true="4", predicted="9", index=str(other))

    assert not [text for text in app.subheader if text.value.startswith("Image")]
    assert any("not among these" in text.value for text in app.caption)


def test_during_a_replay_the_image_is_said_to_be_read_by_the_trained_network(app: AppTest):
    open_page(app, PAGE, run=RUN, epoch="2", index="8")

    assert any("not the one after epoch 2" in info.value for info in app.info)


def test_a_training_image_is_named_by_its_row_and_no_neighbour_of_itself(app: AppTest):
    open_page(app, PAGE, run=RUN, split="validation", index="48000")
    assert "Training image 48000" in [text.value for text in app.subheader]

    app.query_params["split"] = "train"
    app.query_params["index"] = "5"
    app.run()
    assert "Training image 5" in [text.value for text in app.subheader]
    pages = "".join(html.proto.body for html in app.get("html"))
    assert pages.count('alt="training image ') == 16
    assert 'alt="training image 5:' not in pages


def test_one_goes_on_through_the_images_in_the_order_of_the_gallery(app: AppTest):
    open_page(app, PAGE, run=RUN, true="4", predicted="9", order="index")
    shown = shown_indices(app)

    app.query_params["index"] = str(shown[1])
    app.run()

    data = component(app, "confusion.step")
    assert (data["previous"], data["next"]) == (shown[0], shown[2])
    assert data["labels"]["place"] == f"2 of {len(shown)}"


def test_the_gallery_opens_the_page_of_an_image_that_one_goes_on_to(app: AppTest):
    open_page(app, PAGE, run=RUN, mistakes="all")
    first = shown_indices(app)
    app.query_params["index"] = str(first[-1])
    app.run()
    assert shown_indices(app) == first

    following = component(app, "confusion.step")["next"]
    app.query_params["index"] = str(following)
    app.run()

    assert shown_indices(app)[0] == following
