"""The Train page."""

import dataclasses
import sqlite3

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.errors import RunStoreError
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import HiddenLayer
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from pages.ui.base import cache
from tests.conftest import (
    PROGRESS,
    add_failed,
    add_fine_tuned,
    add_finished,
    add_interrupted,
    add_running,
    claim_of,
)
from tests.pages.conftest import open_page

PAGE = "pages/2_Train.py"

# Every setting, and another value for it.
CHANGES = {
    "layers.0": 2,
    "units.1": 33,
    "activation.1": "tanh",
    "dropout.1": 0.4,
    "epochs.0": 7,
    "learning_rate": 0.01,
    "batch_size": 64,
    "n_train": 2_000,
    "validation_split.0": 0.25,
    "optimizer.0": "sgd",
    "initializer.0": "he_normal",
    "loss.0": "categorical_crossentropy",
    "seed.0": 11,
    "learning_rate_decay.0": 0.1,
    "l2": 1e-4,
    "patience.0": 4,
    "shift.0": 1.5,
    "rotation.0": 12.0,
    "zoom.0": 0.15,
    "elastic.0": 0.9,
}


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.subheader))


def widget(app: AppTest, key: str):
    for kind in ("slider", "select_slider", "selectbox", "number_input"):
        for element in getattr(app, kind):
            if element.key == key:
                return element
    raise KeyError(key)


@pytest.mark.parametrize("slug", PRESETS)
def test_start_asks_for_the_training_of_the_preset(app: AppTest, store: RunStore, slug: str):
    open_page(app, PAGE)
    app.selectbox(key="train.preset").set_value(slug).run()

    app.button(key="train.start").click().run()

    (run,) = store.list()
    assert run.config == PRESETS[slug].config
    assert run.name == slug
    assert app.query_params["run"] == run.id
    assert not app.exception


def test_every_setting_reaches_the_training(app: AppTest, store: RunStore):
    open_page(app, PAGE)
    prefix = "train.mlp-512"
    keys = {
        element.key
        for kind in ("slider", "select_slider", "selectbox", "number_input")
        for element in getattr(app, kind)
    } - {"train.preset"}
    assert keys == {f"{prefix}.{name}" for name in CHANGES}

    for name, value in CHANGES.items():
        widget(app, f"{prefix}.{name}").set_value(value).run()
    app.button(key="train.start").click().run()

    (run,) = store.list()
    assert run.config.layers == (HiddenLayer(33, "tanh", 0.4), HiddenLayer(128))
    reached = run.config.to_dict() | run.config.to_dict()["augmentation"]
    of_a_layer = ("layers", "units", "activation", "dropout")
    for name, value in CHANGES.items():
        setting = name.split(".")[0]
        assert setting in of_a_layer or reached[setting] == value
    assert set(reached) == {name.split(".")[0] for name in CHANGES} - set(of_a_layer[1:]) | {
        "augmentation"
    }
    assert run.name == "784-33-128-10"


def test_every_control_says_what_it_does_to_learning(app: AppTest):
    open_page(app, PAGE)
    controls = [*app.slider, *app.select_slider, *app.selectbox, *app.number_input]

    assert len(controls) > len(CHANGES)
    assert [control.key for control in controls if not control.help] == []


def test_the_summary_follows_the_settings(app: AppTest):
    open_page(app, PAGE)
    app.selectbox(key="train.preset").set_value("mlp-256").run()

    assert app.table[0].value["Parameters"].tolist() == ["200,960", "2,570"]
    assert "203,530 numbers" in texts(app)

    app.number_input(key="train.mlp-256.units.1").set_value(10).run()

    assert app.table[0].value["Parameters"].tolist() == ["7,850", "110"]


def test_each_preset_keeps_its_own_changes(app: AppTest):
    open_page(app, PAGE)
    app.slider(key="train.mlp-512.epochs.0").set_value(9).run()
    app.selectbox(key="train.preset").set_value("mlp-256").run()
    assert app.slider(key="train.mlp-256.epochs.0").value == 10

    app.selectbox(key="train.preset").set_value("mlp-512").run()

    assert app.slider(key="train.mlp-512.epochs.0").value == 9


def test_a_waiting_run_tells_its_place_in_the_queue(app: AppTest, store: RunStore):
    # The only worker takes the first and keeps it.
    for _ in range(3):
        run = store.create(PRESETS["mlp-512"].config, name="mine")

    open_page(app, PAGE, run=run.id)

    assert "place 2 in the queue" in app.get("progress")[0].proto.text


def test_a_running_run_tells_how_far_it_is_and_can_be_stopped(app: AppTest, store: RunStore):
    run = add_running(store)
    open_page(app, PAGE, run=run.id)
    text = app.get("progress")[0].proto.text
    assert text == "Epoch 1 of 2 · batch 1 of 2 · 5,000 images a second · 3 s left"

    app.button(key="train.stop").click().run()

    assert store.get(run.id).is_stop_requested
    assert "Stopping" in app.get("progress")[0].proto.text


def test_a_run_at_work_is_found_again_without_a_link(app: AppTest, store: RunStore):
    add_running(store)

    open_page(app, PAGE)

    assert "at work \\#1" in texts(app)  # escaped for Markdown


def test_a_finished_run_shows_its_accuracies_and_what_they_mean(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, run=run.id)

    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Training accuracy"] == f"{run.result.train_accuracy:.2%}"
    assert shown["Validation accuracy"] == f"{run.result.validation_accuracy:.2%}"
    assert shown["Test accuracy"] == f"{run.result.test_accuracy:.2%}"
    assert "(overfitting)" in texts(app)
    assert "20 of 20 read right" in texts(app)


def test_a_failed_run_shows_why_in_the_visitors_language(app: AppTest, store: RunStore):
    run = add_failed(store)

    open_page(app, PAGE, run=run.id)
    assert [error.value for error in app.error] == [
        "The loss is no longer a number: try a smaller learning rate"
    ]

    open_page(app, PAGE, run=run.id, lang="zh_TW")
    (error,) = app.error
    assert "loss" not in error.value.split("(")[0]


def test_a_run_cancelled_in_the_queue_says_so(app: AppTest, store: RunStore):
    run = store.create(PRESETS["mlp-512"].config, name="mine")
    store.request_stop(run.id)

    open_page(app, PAGE, run=run.id)

    assert store.get(run.id).status == RunStatus.STOPPED
    assert [info.value for info in app.info] == ["This run was cancelled before it began."]


def test_distorted_digits_are_shown_as_soon_as_a_distortion_is_on(app: AppTest):
    open_page(app, PAGE)
    assert not has_preview(app)

    app.slider(key="train.mlp-512.elastic.0").set_value(1.2).run()
    first = preview(app)
    assert first.count("<img") == 8

    app.button(key="train.distort").click().run()
    assert preview(app).count("<img") == 8
    assert preview(app) != first
    assert not app.exception


def has_preview(app: AppTest) -> bool:
    return any("Eight distorted digits" in html.proto.body for html in app.get("html"))


def preview(app: AppTest) -> str:
    (html,) = (
        html.proto.body for html in app.get("html") if "Eight distorted digits" in html.proto.body
    )
    return html


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_steps_that_were_too_large_are_not_taken_for_too_few_epochs(app: AppTest, store: RunStore):
    history = {"loss": [2.5, 8e14], "accuracy": [0.1, 0.1]}
    run = add_finished(store, history=history)

    open_page(app, PAGE, run=run.id)

    assert "Try a smaller learning rate than 0.001" in texts(app)
    assert "underfitting" not in texts(app)


def test_the_way_to_another_run_at_work_changes_the_url(app: AppTest, store: RunStore):
    run, other = add_finished(store), add_running(store)
    open_page(app, PAGE, run=run.id)

    app.button(key=f"train.other.{other.id}").click().run()

    assert app.query_params["run"] == other.id
    assert "at work \\#2" in texts(app)


def test_a_run_says_what_it_was_set_to(app: AppTest, store: RunStore):
    run = add_finished(store, units=16, seed=7)

    open_page(app, PAGE, run=run.id)

    assert "Network: 784-16-10 · Epochs: 10 · " in texts(app)
    assert "Seed: 7" in texts(app)


class TestGoingOn:
    def test_a_finished_run_can_be_trained_further(self, app: AppTest, store: RunStore):
        run = add_finished(store, with_checkpoint=True)
        open_page(app, PAGE, run=run.id)

        app.button(key="train.more.5").click().run()

        again = store.get(run.id)
        assert again.status in (RunStatus.QUEUED, RunStatus.STARTING)
        assert again.config.epochs == run.n_epochs_done + 5
        assert app.query_params["run"] == run.id
        assert app.get("progress")  # it is looked at while it goes on
        assert not app.exception

    def test_until_it_goes_on_its_old_progress_is_not_shown_as_new(
        self, app: AppTest, store: RunStore
    ):
        run = add_running(store)
        progress = dataclasses.replace(PROGRESS, epoch=2, batch=2)
        claim = claim_of(run)
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

    def test_an_interrupted_run_says_how_far_it_came_and_goes_on_to_its_end(
        self, app: AppTest, store: RunStore
    ):
        run = add_interrupted(store, with_checkpoint=True)
        open_page(app, PAGE, run=run.id)

        assert [warning.value for warning in app.warning] == [
            "Interrupted after epoch 1 of 2. The training process stopped responding."
        ]
        app.button(key="train.resume").click().run()

        assert store.get(run.id).config.epochs == 2
        assert not store.get(run.id).is_ended

    def test_before_anything_was_saved_a_run_can_only_begin_anew(
        self, app: AppTest, store: RunStore
    ):
        run = add_interrupted(store)
        open_page(app, PAGE, run=run.id)
        assert "train.resume" not in [button.key for button in app.button]
        assert not [label for label in labels(app) if "more epoch" in label]

        app.button(key="train.again").click().run()

        assert store.get(run.id).config == run.config
        assert not store.get(run.id).is_ended

    def test_numbers_of_earlier_weights_say_so(self, app: AppTest, store: RunStore):
        run = add_finished(store, with_checkpoint=True)
        store.go_on(run.id, n_epochs=5)
        claim = store.claim_next()
        longer = {name: [*values, values[-1]] for name, values in run.history.items()}
        store.update_progress(claim, PROGRESS, longer)
        store.interrupt(claim, RunStoreError("the app was closed"))

        open_page(app, PAGE, run=run.id)

        assert "weights after epoch 10; what came later was not measured" in texts(app)

    def test_a_run_deleted_at_work_and_brought_back_was_not_cancelled_before_it_began(
        self, app: AppTest, store: RunStore
    ):
        run = add_running(store)
        store.delete(run.id)
        store.restore(run.id)

        open_page(app, PAGE, run=run.id)

        assert [info.value for info in app.info] == [
            "This run was ended before its weights were stored."
        ]

    @pytest.mark.parametrize("add", [add_failed, add_finished])
    def test_without_a_state_to_go_on_from_nothing_is_offered(
        self, app: AppTest, store: RunStore, add
    ):
        open_page(app, PAGE, run=add(store).id)

        assert not [label for label in labels(app) if "more epoch" in label]

    def test_a_run_at_the_limit_of_epochs_is_not_offered_more(self, app: AppTest, store: RunStore):
        run = add_finished(store, with_checkpoint=True, n_epochs=198)
        open_page(app, PAGE, run=run.id)

        offered = [label for label in labels(app) if "more epoch" in label]

        assert offered == ["Train 1 more epoch"]

    def test_early_stopping_is_said(self, app: AppTest, store: RunStore):
        run = add_finished(store, kept_epoch=7)

        open_page(app, PAGE, run=run.id)

        assert "weights after epoch 7" in texts(app)


class TestSeeds:
    def test_a_run_is_repeated_with_four_other_seeds(self, app: AppTest, store: RunStore):
        run = add_finished(store)
        open_page(app, PAGE, run=run.id)

        app.button(key="train.repeat").click().run()

        others = [each for each in store.list() if each.id != run.id]
        assert {each.config.seed for each in others} == {1, 2, 3, 4}
        assert {dataclasses.replace(each.config, seed=0) for each in others} == {run.config}
        assert "train.repeat" not in [button.key for button in app.button]  # not once more
        assert "1 of 5 are trained" in app.get("progress")[0].proto.text

    def test_the_noise_is_told_from_those_that_are_trained(self, app: AppTest, store: RunStore):
        for seed, accuracy in ((0, 0.97), (1, 0.98), (2, 0.99)):
            run = add_finished(store, seed=seed, test_accuracy=accuracy)
        add_finished(store, seed=3, units=16)  # other settings are no noise

        open_page(app, PAGE, run=run.id)

        assert (
            "With 3 seeds the test accuracy lies between 97.00% and 99.00%, 98.00% on average."
        ) in texts(app)
        assert not app.exception

    def test_a_run_stopped_by_hand_is_no_noise(self, app: AppTest, store: RunStore):
        for seed in (0, 1):
            run = add_finished(store, seed=seed)
        add_finished(store, seed=2, was_stopped=True, test_accuracy=0.3, n_epochs=0)

        open_page(app, PAGE, run=run.id)

        assert "With 2 seeds" in texts(app)
        assert "30.00%" not in texts(app)
        assert not app.exception

    def test_a_fine_tuned_run_is_not_repeated_and_is_no_repetition(
        self, app: AppTest, store: RunStore
    ):
        images, labels = np.ones((2, 28, 28), np.uint8), np.ones(2, np.uint8)
        tuned = [add_fine_tuned(store, images, labels) for _ in range(2)]

        open_page(app, PAGE, run=tuned[0].id)

        assert (
            "Began as mlp\\-256, and learned from 2 digits of yours mixed among the images."
            in texts(app)
        )
        (accuracy,) = (each for each in app.metric if each.label == "Training accuracy")
        assert accuracy.help.startswith("On the images of its fine-tuning, your digits among them")
        assert "train.repeat" not in [button.key for button in app.button]
        assert "other seeds" not in texts(app)
        assert not app.exception

    def test_a_run_alone_has_no_band(self, app: AppTest, store: RunStore):
        run = add_finished(store, units=16)

        open_page(app, PAGE, run=run.id)

        assert "other seeds" not in texts(app)


class TestGhost:
    def test_an_earlier_run_stays_as_a_pale_curve_and_in_the_link(
        self, app: AppTest, store: RunStore
    ):
        run = add_running(store)
        open_page(app, PAGE, run=run.id)

        app.selectbox(key="train.ghost").set_value("mlp-256").run()

        assert app.query_params["ghost"] == "mlp-256"
        assert charts_naming(app, "mlp-256") == 2
        assert not app.exception

    def test_a_run_is_no_ghost_of_itself(self, app: AppTest, store: RunStore):
        run = add_finished(store)

        open_page(app, PAGE, run=run.id, ghost=run.id)

        assert app.selectbox(key="train.ghost").value is None
        assert "ghost" not in app.query_params


def charts_naming(app: AppTest, name: str) -> int:
    """Count the charts of the page that draw something of this name."""
    return sum(f'"{name}"' in chart.proto.spec for chart in app.get("vega_lite_chart"))


class TestStoreTrouble:
    def test_on_a_full_disk_start_is_refused_with_a_sentence_and_the_page_stays(
        self, app: AppTest, store: RunStore, full_disk
    ):
        add_finished(store)
        open_page(app, PAGE)
        cache.store().close()
        with full_disk(store):
            # A few may still find room in the last page.
            for _ in range(50):
                app.button(key="train.start").click().run()
                if app.error:
                    break

            assert [error.value for error in app.error] == [
                "The stored runs cannot be read or written now: database or disk is full"
            ]
            assert not app.exception
            cache.store().close()

        n_before = len(store.list())
        app.button(key="train.start").click().run()
        assert len(store.list()) == n_before + 1
        assert not app.error

    def test_a_locked_database_is_a_sentence_and_the_page_recovers(
        self, app: AppTest, store: RunStore, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("mnist_core.store.database._LOCK_TIMEOUT_SECONDS", 0.05)
        store.list()
        database = sqlite3.connect(tmp_path / "runs.db")
        database.execute("BEGIN IMMEDIATE")

        open_page(app, PAGE)
        assert "database is locked" in app.error[0].value
        assert not app.exception

        database.close()
        app.run()
        assert not app.error
