"""Which answers count: of what part, after which epoch, how sure."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset, load_disputed_labels
from mnist_core.store.run_store import RunStore
from tests.conftest import add_finished, lose
from tests.pages.conftest import open_page
from tests.pages.confusion.helpers import PAGE, RUN, count, gallery, matrix, shown_indices


@pytest.mark.parametrize(("split", "start", "end"), [("validation", 48_000, 60_000)])
def test_the_images_held_back_are_scored_on_request(app: AppTest, network, split, start, end):
    dataset = load_dataset()
    y_pred = network.probabilities(dataset.train_images[start:end]).argmax(axis=1)
    y_true = dataset.train_labels[start:end]
    expected = start + np.flatnonzero((y_true == 4) & (y_pred == 9))

    open_page(app, PAGE, run=RUN, split=split, true="4", predicted="9")

    assert matrix(app)["counts"] == count(y_true, y_pred).tolist()
    assert sorted(shown_indices(app)) == expected.tolist()


def test_the_images_learned_from_are_scored_on_request(app: AppTest, network):
    dataset = load_dataset()
    y_pred = network.probabilities(dataset.train_images[:48_000]).argmax(axis=1)

    open_page(app, PAGE, run=RUN, index="8")
    app.segmented_control(key="confusion.part").set_value("train").run()

    assert matrix(app)["counts"] == count(dataset.train_labels[:48_000], y_pred).tolist()
    assert app.query_params["split"] == "train"
    assert "index" not in app.query_params  # it would be another image
    # A fine-tuned run has learned from others too.
    assert any("Of 48,000 images of MNIST that it" in text.value for text in app.markdown)


def test_a_part_that_the_run_does_not_have_is_dropped(app: AppTest):
    open_page(app, PAGE, run="mlp-512", split="validation")

    assert not app.exception
    assert np.sum(matrix(app)["counts"]) == 10_000
    assert "split" not in app.query_params


def test_unsure_answers_are_left_out_of_matrix_and_images(app: AppTest, answers, probabilities):
    y_true, y_pred = answers
    is_sure = probabilities.max(axis=1) >= 0.9

    open_page(app, PAGE, run=RUN, sure="90", true="4")

    assert matrix(app)["counts"] == count(y_true[is_sure], y_pred[is_sure]).tolist()
    assert sorted(shown_indices(app)) == (
        np.flatnonzero(is_sure & (y_true == 4) & (y_pred != 4)).tolist()
    )
    accuracy = (y_true == y_pred)[is_sure].mean()
    assert any(
        f"answers {is_sure.mean():.2%} of" in text.value and f"{accuracy:.2%} of" in text.value
        for text in app.markdown
    )
    # What all of them are is still said.
    assert any(f"{(y_true != y_pred).sum()} are read wrong" in text.value for text in app.markdown)


def test_an_answer_that_is_never_so_sure_leaves_nothing(app: AppTest, store):
    baseline = store.network(RUN)
    unsure = [array * (0 if array.shape[-1] == 10 else 1) for array in baseline.weights]
    claim = store.create_claimed(baseline.config, name="unsure")
    fields = store.get(RUN)
    store.finish(claim, history=fields.history, result=fields.result, weights=unsure)

    open_page(app, PAGE, run=claim.run_id, sure="50", section="confidence")

    assert not app.exception
    assert np.sum(matrix(app)["counts"]) == 0
    texts = [text.value for text in app.markdown]
    assert sum("It is never 50% sure" in text for text in texts) == 2
    assert "No mistake at all." not in texts


def test_epoch_certainty_and_disputed_labels_are_chosen_together(app: AppTest):
    y_true, stored = load_dataset().test_labels, RunStore().epoch(RUN, 2)
    disputed = [label.index for label in load_disputed_labels()]
    counts = (stored.confidence >= 0.99) & ~np.isin(np.arange(10_000), disputed)

    open_page(app, PAGE, run=RUN, epoch="2", sure="99", undisputed="1", section="networks")

    assert matrix(app)["counts"] == count(y_true[counts], stored.y_pred[counts]).tolist()
    assert any("trained networks, unsure ones included" in info.value for info in app.info)
    assert any("of these 9,985 images" in text.value for text in app.markdown)


def test_a_filter_reaches_the_digits_and_is_shown_beside_all_answers(app: AppTest, probabilities):
    is_sure = probabilities.max(axis=1) >= 0.9

    open_page(app, PAGE, run=RUN, sure="90")
    assert any(f"of these {is_sure.sum():,} images" in text.value for text in app.markdown)

    app.segmented_control(key="confusion.section").set_value("confidence").run()
    mean = probabilities.max(axis=1).mean()
    assert any(f"claims to be {mean:.2%} sure" in text.value for text in app.markdown)


def test_the_url_tells_how_sure_an_answer_must_be(app: AppTest):
    open_page(app, PAGE, run=RUN)
    slider = app.select_slider(key="confusion.sure")

    slider.set_value("99").run()
    assert app.query_params["sure"] == "99"

    app.select_slider(key="confusion.sure").set_value("0").run()
    assert "sure" not in app.query_params


def test_disputed_labels_carry_a_badge_and_can_be_left_out(app: AppTest, answers):
    y_true, y_pred = answers
    disputed = [label.index for label in load_disputed_labels()]
    missed = [index for index in disputed if y_true[index] != y_pred[index]]
    (some, *_others) = missed
    choice = {"true": str(y_true[some]), "predicted": str(y_pred[some])}

    open_page(app, PAGE, run=RUN, **choice)
    badges = {tile["index"]: tile["badge"] for tile in gallery(app)}
    assert badges == {index: "?" if index in disputed else "" for index in badges}
    n_wrong = int((y_true != y_pred).sum())
    assert any(f" {len(missed)} of the {n_wrong} mistakes" in text.value for text in app.caption)

    app.toggle(key="confusion.undisputed").set_value(True).run()
    is_kept = ~np.isin(np.arange(10_000), disputed)
    assert matrix(app)["counts"] == count(y_true[is_kept], y_pred[is_kept]).tolist()
    assert "undisputed" in app.query_params


@pytest.mark.parametrize("epoch", [1, 5])
def test_an_earlier_epoch_is_replayed(app: AppTest, epoch):
    stored = RunStore().epoch(RUN, epoch)
    y_true, y_pred = load_dataset().test_labels, stored.y_pred

    open_page(app, PAGE, run=RUN, epoch=str(epoch), true="4", predicted="9")

    assert matrix(app)["counts"] == count(y_true, y_pred).tolist()
    expected = np.flatnonzero((y_true == 4) & (y_pred == 9))
    order = np.argsort(-stored.confidence[expected], kind="stable")
    assert shown_indices(app) == expected[order].tolist()[:40]
    n_wrong = int((y_true != y_pred).sum())
    assert any(f"After epoch {epoch} it read" in text.value for text in app.markdown)
    assert any(f"{n_wrong} were read wrong" in text.value for text in app.markdown)
    assert any(f"{n_wrong} test images read wrong" in text.value for text in app.caption)


def test_the_slider_walks_over_the_epochs_to_the_trained_network(app: AppTest):
    open_page(app, PAGE, run=RUN)
    slider = app.select_slider(key="confusion.epoch")
    assert slider.options == [*(str(epoch) for epoch in RunStore().epochs(RUN)), "trained"]

    slider.set_value("3").run()
    assert app.query_params["epoch"] == "3"

    app.select_slider(key="confusion.epoch").set_value("trained").run()
    assert "epoch" not in app.query_params


@pytest.mark.parametrize("parameters", [{"split": "train"}, {"epoch": "11"}])
def test_what_was_not_stored_is_not_replayed(app: AppTest, parameters):
    open_page(app, PAGE, run=RUN, **({"epoch": "2"} | parameters))

    assert not app.exception
    assert "epoch" not in app.query_params


def test_a_run_of_an_earlier_version_has_nothing_to_replay(app: AppTest, store):
    run = add_finished(store)

    open_page(app, PAGE, run=run.id, index="8", true="5")

    assert not app.exception
    assert not [slider for slider in app.select_slider if slider.key == "confusion.epoch"]


def test_epochs_beyond_the_weights_are_not_replayed(app: AppTest, store):
    run = add_finished(store, n_epochs=2, with_checkpoint=True, kept_epoch=1)
    store.go_on(run.id, n_epochs=3)
    claim = store.claim_next()
    store.start(claim, n_epochs=2)
    answers = RunStore().epoch(RUN, 1)
    for epoch in (1, 2, 3, 4):
        store.save_epoch(claim, epoch, answers)
    lose(store, claim)

    open_page(app, PAGE, run=run.id)

    slider = app.select_slider(key="confusion.epoch")
    assert slider.options == ["1", "2", "trained (went back to 1)"]
