"""How far a run is."""

import dataclasses
import sqlite3
from contextlib import closing

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from pages.ui.base import live_runs
from tests.conftest import PROGRESS, add_running, claim_of
from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE


def test_a_waiting_run_tells_its_place_in_the_queue(app: AppTest, store: RunStore):
    for _ in range(3):
        run = store.create(PRESETS["mlp-512"].config, name="mine")
    store.claim_next()

    open_page(app, PAGE, run=run.id)

    assert "place 2 in the queue" in app.get("progress")[0].proto.text


def test_while_a_process_is_on_its_way_the_trainer_starts(app: AppTest, store: RunStore):
    run = store.create(PRESETS["mlp-512"].config, name="mine")

    open_page(app, PAGE, run=run.id)

    assert app.get("progress")[0].proto.text.startswith("Starting the trainer")


def test_a_running_run_tells_how_far_it_is_and_can_be_stopped(app: AppTest, store: RunStore):
    run = add_running(store)
    open_page(app, PAGE, run=run.id)
    text = app.get("progress")[0].proto.text
    assert text == "Epoch 1 of 2 · batch 1 of 2 · 5,000 images a second · about 3\u00a0s left"

    app.button(key="train.stop").click().run()

    assert store.get(run.id).is_stop_requested
    assert "Stopping" in app.get("progress")[0].proto.text


def test_who_stops_a_run_sees_that_at_once(app: AppTest, store: RunStore, monkeypatch):
    monkeypatch.setattr(live_runs, "_FRESH_SECONDS", 3_600.0)
    run = add_running(store)
    open_page(app, PAGE, run=run.id)

    app.button(key="train.stop").click().run()

    assert app.button(key="train.stop").disabled
    assert "Stopping" in app.get("progress")[0].proto.text
    assert not app.exception


def test_why_a_run_cannot_be_stopped_is_told(app: AppTest, store: RunStore, tmp_path):
    run = add_running(store)
    open_page(app, PAGE, run=run.id)
    with closing(sqlite3.connect(tmp_path / "runs.db")) as database:
        database.execute("BEGIN IMMEDIATE")
        app.button(key="train.stop").click().run()

    assert "keeps the stored runs locked" in app.error[0].value
    assert not app.button(key="train.stop").disabled
    assert not app.exception


def test_until_it_goes_on_its_old_progress_is_not_shown_as_new(app: AppTest, store: RunStore):
    run = add_running(store)
    claim = claim_of(run)
    progress = dataclasses.replace(PROGRESS, epoch=2, batch=2)
    store.update_progress(claim, progress, {"loss": [1.0] * 2, "accuracy": [0.5] * 2})
    store.save_checkpoint(claim, Checkpoint(variables=(), history={}))
    store.finish(
        claim,
        history={"loss": [1.0] * 2, "accuracy": [0.5] * 2},
        result=store.get("mlp-256").result,
        weights=store.network("mlp-256").weights,
    )
    store.go_on(run.id, n_epochs=1)
    store.start(store.claim_next())

    open_page(app, PAGE, run=run.id)

    assert "Starting the trainer" in app.get("progress")[0].proto.text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0\u00a0s left"),
        (3.4, "3\u00a0s left"),
        (89.9, "90\u00a0s left"),
        (90.0, "2\u00a0min"),
        (600.0, "10\u00a0min"),
    ],
)
def test_a_long_time_is_told_in_minutes(app: AppTest, store: RunStore, seconds: float, text: str):
    run = add_running(store)
    progress = dataclasses.replace(PROGRESS, eta_seconds=seconds)
    store.update_progress(claim_of(run), progress, run.history)

    open_page(app, PAGE, run=run.id)

    assert text in app.get("progress")[0].proto.text


def test_after_the_last_batch_it_is_tested(app: AppTest, store: RunStore):
    run = add_running(store)
    progress = dataclasses.replace(PROGRESS, epoch=2, batch=2)
    store.update_progress(claim_of(run), progress, run.history)

    open_page(app, PAGE, run=run.id)

    assert "Testing on images" in app.get("progress")[0].proto.text
