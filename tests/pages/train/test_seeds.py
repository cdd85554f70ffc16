"""The same settings with other seeds."""

import dataclasses

import numpy as np
from streamlit.testing.v1 import AppTest

from mnist_core.store.run_store import RunStore
from tests.conftest import (
    add_fine_tuned,
    add_finished,
)
from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE, texts


def test_a_run_is_repeated_with_four_other_seeds(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, run=run.id)

    app.button(key="train.repeat").click().run()

    others = [each for each in store.list() if each.id != run.id]
    assert {each.config.seed for each in others} == {1, 2, 3, 4}
    assert {dataclasses.replace(each.config, seed=0) for each in others} == {run.config}
    assert "train.repeat" not in [button.key for button in app.button]  # not once more
    assert "1 of 5 are trained" in app.get("progress")[0].proto.text


def test_the_noise_is_told_from_those_that_are_trained(app: AppTest, store: RunStore):
    for seed, accuracy in ((0, 0.97), (1, 0.98), (2, 0.99)):
        run = add_finished(store, seed=seed, test_accuracy=accuracy)
    add_finished(store, seed=3, units=16)  # other settings are no noise

    open_page(app, PAGE, run=run.id)

    assert (
        "With 3 seeds the test accuracy lies between 97.00% and 99.00%, 98.00% on average."
    ) in texts(app)
    assert not app.exception


def test_a_run_stopped_by_hand_is_no_noise(app: AppTest, store: RunStore):
    for seed in (0, 1):
        run = add_finished(store, seed=seed)
    add_finished(store, seed=2, was_stopped=True, test_accuracy=0.3, n_epochs=0)

    open_page(app, PAGE, run=run.id)

    assert "With 2 seeds" in texts(app)
    assert "30.00%" not in texts(app)
    assert not app.exception


def test_a_fine_tuned_run_is_not_repeated_and_is_no_repetition(app: AppTest, store: RunStore):
    images, labels = np.ones((2, 28, 28), np.uint8), np.ones(2, np.uint8)
    tuned = [add_fine_tuned(store, images, labels) for _ in range(2)]

    open_page(app, PAGE, run=tuned[0].id)

    assert (
        "Began as mlp\\-256, and learned from 2 digits of yours mixed among the images."
        in texts(app)
    )
    (accuracy,) = (each for each in app.metric if each.label == "Training accuracy")
    assert accuracy.help.startswith("On the images it was fine-tuned on, your digits among them")
    assert "train.repeat" not in [button.key for button in app.button]
    assert "other seeds" not in texts(app)
    assert not app.exception


def test_a_run_alone_has_no_band(app: AppTest, store: RunStore):
    run = add_finished(store, units=16)

    open_page(app, PAGE, run=run.id)

    assert "other seeds" not in texts(app)
