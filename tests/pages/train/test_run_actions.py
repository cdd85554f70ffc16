"""What can be done with a run that has ended."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.runs.run import RunStatus
from mnist_core.store.run_store import RunStore
from mnist_core.workers import machine
from tests.conftest import (
    add_failed,
    add_finished,
    add_interrupted,
)
from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE, labels


def test_a_finished_run_can_be_trained_further(app: AppTest, store: RunStore):
    run = add_finished(store, with_checkpoint=True)
    open_page(app, PAGE, run=run.id)

    app.button(key="train.more.5").click().run()

    again = store.get(run.id)
    assert again.status in (RunStatus.QUEUED, RunStatus.STARTING)
    assert again.config.epochs == run.n_epochs_done + 5
    assert app.query_params["run"] == run.id
    assert app.get("progress")  # it is looked at while it goes on
    assert not app.exception


def test_an_interrupted_run_says_how_far_it_came_and_goes_on_to_its_end(
    app: AppTest, store: RunStore
):
    run = add_interrupted(store, with_checkpoint=True)
    open_page(app, PAGE, run=run.id)

    assert [warning.value for warning in app.warning] == [
        "Interrupted after epoch 1 of 2. The training process gives no sign of life."
    ]
    app.button(key="train.resume").click().run()

    assert store.get(run.id).config.epochs == 2
    assert not store.get(run.id).is_ended


def test_before_anything_was_saved_a_run_can_only_begin_anew(app: AppTest, store: RunStore):
    run = add_interrupted(store)
    open_page(app, PAGE, run=run.id)
    assert "train.resume" not in [button.key for button in app.button]
    assert not [label for label in labels(app) if "more epoch" in label]

    app.button(key="train.again").click().run()

    assert store.get(run.id).config == run.config
    assert not store.get(run.id).is_ended


@pytest.mark.parametrize("add", [add_failed, add_finished])
def test_without_a_state_to_go_on_from_nothing_is_offered(app: AppTest, store: RunStore, add):
    open_page(app, PAGE, run=add(store).id)

    assert not [label for label in labels(app) if "more epoch" in label]


def test_a_run_at_the_limit_of_epochs_is_not_offered_more(app: AppTest, store: RunStore):
    run = add_finished(store, with_checkpoint=True, n_epochs=198)
    open_page(app, PAGE, run=run.id)

    offered = [label for label in labels(app) if "more epoch" in label]

    assert offered == ["Train 1 more epoch"]


@pytest.mark.parametrize(
    ("add", "button"),
    [
        (partial(add_finished, with_checkpoint=True), "train.more.1"),
        (add_finished, "train.repeat"),
        (partial(add_interrupted, with_checkpoint=True), "train.resume"),
        (add_interrupted, "train.again"),
    ],
)
def test_what_the_memory_is_too_small_for_is_refused_beside_the_buttons(
    app: AppTest, store: RunStore, monkeypatch, add, button: str
):
    run = add(store)
    open_page(app, PAGE, run=run.id)
    monkeypatch.setattr(machine, "available_memory", lambda: 0)

    app.button(key=button).click().run()

    assert ["this machine has" in error.value for error in app.error] == [True]
    assert [each.id for each in store.list()] == [run.id]
    assert store.get(run.id).is_ended
    assert app.get("vega_lite_chart")  # what is below is still there
    assert not app.exception
