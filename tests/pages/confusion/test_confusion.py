"""The Confusion page: the matrix, and the images behind a choice."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_dataset, load_disputed_labels
from mnist_core.errors import RunStoreError
from mnist_core.store.run_store import RunStore
from tests.conftest import add_finished
from tests.pages.conftest import component, open_page

PAGE = "pages/4_Confusion.py"
RUN = "mlp-256"  # has a validation part


@pytest.fixture(scope="module")
def network():
    return RunStore().network(RUN)


@pytest.fixture(scope="module")
def probabilities(network) -> np.ndarray:
    return network.probabilities(load_dataset().test_images)


@pytest.fixture(scope="module")
def answers(probabilities) -> tuple[np.ndarray, np.ndarray]:
    """The true digits of the test images, and what the network reads."""
    return load_dataset().test_labels, probabilities.argmax(axis=1)


@pytest.fixture(scope="module")
def worst_pair(answers) -> tuple[int, int]:
    counts = count(*answers)
    np.fill_diagonal(counts, 0)
    true, predicted = divmod(int(counts.argmax()), 10)
    return true, predicted


def count(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


def matrix(app: AppTest) -> dict:
    return component(app, "confusion.matrix")


def gallery(app: AppTest) -> list[dict]:
    return component(app, "confusion.tiles")["tiles"]


def shown_indices(app: AppTest) -> list[int]:
    return [tile["index"] for tile in gallery(app)]


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


def test_a_cell_that_never_happened_says_so(app: AppTest, answers):
    seen = set(zip(*answers, strict=True))
    predicted = next(digit for digit in range(10) if (0, digit) not in seen)

    open_page(app, PAGE, run=RUN, true="0", predicted=str(predicted))

    assert app.subheader[0].value == f"0 images of digit 0, read as {predicted}"
    assert any("no such image" in text.value for text in app.markdown)


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
    assert any("trained networks, however sure" in info.value for info in app.info)
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


def test_through_a_replay_one_colour_means_one_number(app: AppTest):
    def worst_after(epoch: int) -> int:
        counts = count(load_dataset().test_labels, RunStore().epoch(RUN, epoch).y_pred)
        np.fill_diagonal(counts, 0)
        return int(counts.max())

    open_page(app, PAGE, run=RUN, epoch="3")
    assert matrix(app)["worst"] == worst_after(1)

    app.select_slider(key="confusion.epoch").set_value("5").run()
    assert matrix(app)["worst"] == worst_after(1)


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


def test_a_chosen_image_is_explained_with_the_votes_and_when_it_was_learned(app: AppTest, answers):
    y_true, y_pred = answers
    label = next(d for d in load_disputed_labels() if y_true[d.index] != y_pred[d.index])
    true, predicted = int(y_true[label.index]), int(y_pred[label.index])

    open_page(app, PAGE, run=RUN, true=str(true), predicted=str(predicted), index=str(label.index))

    assert f"Image {label.index} of the test images" in [text.value for text in app.subheader]
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
    assert f"Image {unsure} of the test images" not in [text.value for text in app.subheader]


def test_an_image_of_another_cell_is_not_shown(app: AppTest, answers):
    y_true, y_pred = answers
    other = int(np.flatnonzero((y_true == 7) & (y_pred == 7))[0])

    open_page(app, PAGE, run=RUN, true="4", predicted="9", index=str(other))

    assert not [text for text in app.subheader if text.value.startswith("Image")]
    assert any("not among these" in text.value for text in app.caption)


def test_a_link_to_an_image_opens_its_page_of_the_cell(app: AppTest, answers, probabilities):
    y_true, y_pred = answers
    hits = np.flatnonzero((y_true == 0) & (y_pred == 0))
    ordered = hits[np.argsort(probabilities[hits, 0], kind="stable")]

    open_page(app, PAGE, run=RUN, true="0", predicted="0", index=str(ordered[90]))

    assert shown_indices(app) == ordered[80:120].tolist()
    assert component(app, "confusion.tiles")["chosen"] == ordered[90]


def test_during_a_replay_the_image_is_said_to_be_read_by_the_trained_network(app: AppTest):
    open_page(app, PAGE, run=RUN, epoch="2", index="8")

    assert any("not that of epoch 2" in info.value for info in app.info)


def test_a_training_image_is_named_by_its_row_and_no_neighbour_of_itself(app: AppTest):
    open_page(app, PAGE, run=RUN, split="validation", index="48000")
    assert "Image 48000 of the training images" in [text.value for text in app.subheader]

    app.query_params["split"] = "train"
    app.query_params["index"] = "5"
    app.run()
    assert "Image 5 of the training images" in [text.value for text in app.subheader]
    pages = "".join(html.proto.body for html in app.get("html"))
    assert pages.count('alt="training image ') == 16
    assert 'alt="training image 5:' not in pages


def test_epochs_beyond_the_weights_are_not_replayed(app: AppTest, store):
    run = add_finished(store, n_epochs=2, with_checkpoint=True, kept_epoch=1)
    store.go_on(run.id, n_epochs=3)
    claim = store.claim_next()
    store.start(claim, n_epochs=2)
    answers = RunStore().epoch(RUN, 1)
    for epoch in (1, 2, 3, 4):
        store.save_epoch(claim, epoch, answers)
    store.interrupt(claim, RunStoreError("the app was closed"))

    open_page(app, PAGE, run=run.id)

    slider = app.select_slider(key="confusion.epoch")
    assert slider.options == ["1", "2", "trained (went back to 1)"]
