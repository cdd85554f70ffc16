"""The panel that shows what a network does with one image."""

import dataclasses
import itertools
import re
import threading

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import Dataset, load_dataset
from mnist_core.data.preprocessing import normalise
from mnist_core.network import neighbours as searched
from mnist_core.network.forward import Network
from mnist_core.runs.run import Run
from mnist_core.settings.config import HiddenLayer
from mnist_core.store.run_store import RunStore
from pages.ui.base import cache
from tests.pages.conftest import app_from_function


def panel(
    run_id: str, split: str, index: int, true: int | None = None, train_row: int | None = None
) -> None:
    """The page of these tests: the panel alone."""
    from pages.ui.base import cache
    from pages.ui.widgets import inspection

    run = cache.store().get(run_id)
    inspection.prepare(run)
    inspection.show(
        run,
        cache.dataset().images(split)[index],
        title="The image",
        key="test",
        true=true,
        train_row=train_row,
    )


def show(store: RunStore, split: str, index: int, *, run: str = "mlp-256", **options) -> AppTest:
    arguments = {"run_id": run, "split": split, "index": index, **options}
    app = app_from_function(panel, **arguments).run()
    assert not app.exception
    assert app.subheader[0].value == "The image"
    return app


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load_dataset()


@pytest.fixture
def network(store: RunStore) -> Network:
    return store.network("mlp-256")


def answers(network: Network, dataset: Dataset) -> np.ndarray:
    return network.probabilities(dataset.test_images)


def a_mistake(network: Network, dataset: Dataset) -> int:
    """Return the row of a test image whose true digit is neither the first nor the second guess."""
    first_two = np.argsort(-answers(network, dataset), axis=1)[:, :2]
    is_wrong = (first_two != dataset.test_labels[:, np.newaxis]).all(axis=1)
    return int(np.flatnonzero(is_wrong)[0])


def texts(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.caption, *app.markdown))


def headings(app: AppTest) -> list[str]:
    return [element.value.strip("*") for element in app.markdown if element.value.startswith("**")]


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def neighbours(app: AppTest) -> list[list[tuple[int, int]]]:
    """(row, label) of the images of each group of tiles, as their descriptions tell them."""
    return [
        [
            (int(row), int(label))
            for row, label in re.findall(
                r'alt="training image (\d+): digit (\d)', element.proto.body
            )
        ]
        for element in app.get("html")
        if 'class="tiles"' in element.proto.body
    ]


def nearest(rows: np.ndarray, query: np.ndarray, without: int | None = None) -> list[int]:
    order = np.argsort(((rows.astype(np.float32) - query) ** 2).sum(axis=1), kind="stable")
    return [int(row) for row in order if row != without][:8]


def test_a_mistake_shows_both_digits(store, network, dataset):
    index = a_mistake(network, dataset)
    true = int(dataset.test_labels[index])
    (probabilities,) = network.probabilities(dataset.test_images[index : index + 1])
    predicted = int(probabilities.argmax())

    app = show(store, "test", index, true=true)

    sure, true_sure = f"{probabilities[predicted]:.1%}", f"{probabilities[true]:.1%}"
    assert (
        f"✗ It reads {predicted}, {sure} sure, but this is a {true}; "
        f"to {true} it gives {true_sure}."
    ) in texts(app)
    assert f"Evidence for {predicted} or {true}" in headings(app)
    assert f"against that of {true}, the true digit" in texts(app)
    assert f"orange: for {predicted}" in html(app)
    assert f"blue: for {true}" in html(app)


def test_a_hit_is_weighed_against_the_runner_up(store, network, dataset):
    probabilities = answers(network, dataset)[0]
    *_, runner_up, predicted = np.argsort(probabilities)

    app = show(store, "test", 0, true=int(dataset.test_labels[0]))

    assert f"✓ It reads {predicted}, {probabilities.max():.1%} sure, and that is right." in (
        texts(app)
    )
    assert f"Evidence for {predicted} or {runner_up}" in headings(app)
    assert f"against that of {runner_up}, the runner-up" in texts(app)


def test_an_image_that_nobody_has_labelled_is_judged_neither_right_nor_wrong(
    store, network, dataset
):
    index = a_mistake(network, dataset)
    probabilities = answers(network, dataset)[index]
    *_, runner_up, predicted = np.argsort(probabilities)

    app = show(store, "test", index)

    assert f"It reads {predicted}, {probabilities.max():.1%} sure." in texts(app)
    assert not re.search("[✓✗]", texts(app))
    assert f"against that of {runner_up}, the runner-up" in texts(app)


def test_the_nearest_training_images_are_shown_with_their_labels(store, network, dataset):
    index = a_mistake(network, dataset)
    image = dataset.test_images[index]
    learned = dataset.train_images[:48_000]  # the others were held back
    activations = np.concatenate(
        [network.hidden_activations(normalise(part))[-1] for part in np.split(learned, 24)]
    )
    (hidden,) = network.hidden_activations(normalise(image[np.newaxis]))

    by_pixels, by_network = neighbours(show(store, "test", index))

    for shown, rows in (
        (by_pixels, nearest(learned.reshape(len(learned), -1), image.reshape(-1))),
        (by_network, nearest(activations, hidden)),
    ):
        assert shown == [(row, int(dataset.train_labels[row])) for row in rows]


def test_a_neighbour_with_another_label_is_marked(store, network, dataset):
    index = a_mistake(network, dataset)
    predicted = int(answers(network, dataset)[index].argmax())

    app = show(store, "test", index)

    labels = [label for group in neighbours(app) for _, label in group]
    n_others = sum(label != predicted for label in labels)
    assert n_others > 0
    assert html(app).count('class="tile miss"') == n_others
    assert html(app).count(f"≠ {predicted}") == n_others
    assert f"≠ mark a label other than {predicted}" in texts(app)


def test_of_a_misread_image_the_neighbours_that_misled_are_marked(store, network, dataset):
    index = a_mistake(network, dataset)
    true = int(dataset.test_labels[index])

    app = show(store, "test", index, true=true)

    labels = [label for group in neighbours(app) for _, label in group]
    assert html(app).count(f"≠ {true}") == sum(label != true for label in labels)
    assert f"≠ mark a label other than {true}" in texts(app)


def test_a_training_image_is_not_its_own_neighbour(store):
    as_itself = neighbours(show(store, "train", 5, train_row=5))
    as_another = neighbours(show(store, "train", 5))

    for without, group in zip(as_itself, as_another, strict=True):
        assert group[0][0] == 5
        assert without[:7] == group[1:]


def test_the_active_units_are_counted(store, network, dataset):
    (hidden,) = network.hidden_activations(normalise(dataset.test_images[:1]))

    app = show(store, "test", 0)

    assert "Activations of hidden layer 1" in headings(app)
    assert f"{int((hidden > 0).sum())} of them are active" in texts(app)
    assert 'alt="256 cells' in html(app)


def add_run(store: RunStore, *layers: HiddenLayer) -> Run:
    """Store a trained run with these hidden layers and random weights."""
    baseline = store.get("mlp-256")
    config = dataclasses.replace(baseline.config, layers=layers)
    claim = store.create_claimed(config, name="mine")
    sizes = [784, *(layer.units for layer in layers), 10]
    rng = np.random.default_rng(0)
    weights = []
    for n_inputs, n_outputs in itertools.pairwise(sizes):
        weights.append(rng.normal(0, 0.05, (n_inputs, n_outputs)).astype(np.float32))
        weights.append(np.zeros(n_outputs, np.float32))
    store.finish(
        claim, history=baseline.history, result=baseline.result, weights=weights, was_stopped=False
    )
    return store.get(claim.run_id)


def test_without_a_hidden_layer_there_are_no_activations_and_no_neighbours_of_the_network(store):
    run = add_run(store)

    app = show(store, "test", 0, run=run.id)

    assert any("no hidden layer" in element.value for element in app.markdown)
    assert len(neighbours(app)) == 1
    assert not any("Activations" in heading for heading in headings(app))
    assert "It reminds the network" not in texts(app)


def test_each_hidden_layer_has_its_strip(store):
    run = add_run(store, HiddenLayer(12, "tanh"), HiddenLayer(7, "relu"))

    app = show(store, "test", 0, run=run.id)

    assert re.findall(r'alt="(\d+) cells[^"]* layer (\d)', html(app)) == [("12", "1"), ("7", "2")]
    assert "its activation (tanh)." in texts(app)
    assert len(re.findall(r"of them are active", texts(app))) == 1


def test_the_index_is_made_once_and_beside_the_page(store, monkeypatch: pytest.MonkeyPatch):
    run = add_run(store, HiddenLayer(5))
    made_in = []
    make = searched.HiddenIndex.__init__

    def watched(*arguments):
        made_in.append(threading.current_thread())
        make(*arguments)

    monkeypatch.setattr(searched.HiddenIndex, "__init__", watched)
    show(store, "test", 0, run=run.id)
    show(store, "test", 1, run=run.id)

    assert len(made_in) == 1
    assert made_in[0].name.startswith("hidden-index")
    assert cache.hidden_index(run).done()


def test_a_failure_in_the_background_is_not_kept_from_the_page(
    store, monkeypatch: pytest.MonkeyPatch
):
    run = add_run(store, HiddenLayer(6))

    def broken(*arguments):
        raise MemoryError("no room")

    monkeypatch.setattr(searched.HiddenIndex, "__init__", broken)
    arguments = {"run_id": run.id, "split": "test", "index": 0}
    app = app_from_function(panel, **arguments).run()

    (exception,) = app.exception
    assert exception.proto.type == "MemoryError"
