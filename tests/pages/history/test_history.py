"""The History page."""

import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from mnist_core.errors import RunStoreError, TrainingDivergedError
from mnist_core.runs.diagnosis import CurveKind
from mnist_core.runs.run import RunStatus
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import flat_settings
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.store.run_store import RunStore
from pages.ui.history import runs_table
from pages.ui.widgets import setting_texts
from pages.ui.widgets.sentences import READINGS
from tests.conftest import (
    TINY,
    add_failed,
    add_fine_tuned,
    add_finished,
    add_running,
    claim_of,
)
from tests.pages.conftest import open_page

PAGE = "pages/3_History.py"


def all_runs(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def chosen(app: AppTest) -> list[str]:
    """Return the names of the ticked rows."""
    rows = app.session_state["history.table"]["selection"]["rows"]
    return all_runs(app)["name"].iloc[sorted(rows)].tolist()


def tick(app: AppTest, *names: str) -> AppTest:
    """Tick exactly these rows, as the browser does."""
    titles = all_runs(app)["name"].tolist()
    return send_rows(app, sorted(titles.index(name) for name in names))


def send_rows(app: AppTest, rows: Sequence[int]) -> AppTest:
    state = app._tree.get_widget_states()
    value = json.dumps({"selection": {"rows": rows, "columns": [], "cells": []}})
    state.widgets.append(WidgetState(id=app.dataframe[0].proto.id, string_value=value))
    return app._run(state)


def drawn(app: AppTest) -> Sequence[dict]:
    """Return what each Plotly chart draws: loss, accuracy, gap."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def sentences(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def differences(app: AppTest) -> pd.DataFrame:
    return app.dataframe[1].value.set_index("Setting")


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)


def test_all_runs_are_listed_the_newest_first_and_the_included_last(app: AppTest, store: RunStore):
    first, second = add_finished(store, "first"), add_finished(store, "second")

    open_page(app, PAGE)

    assert all_runs(app)["name"].tolist() == [second.title, first.title, *BASELINE_SEEDS]


def test_the_two_included_networks_of_few_epochs_are_compared_at_the_start(app: AppTest):
    open_page(app, PAGE)

    assert chosen(app) == ["mlp-512", "mlp-256"]
    assert "runs" not in app.query_params


def test_a_link_reopens_a_comparison(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, runs=f"mlp-512,{run.id}")

    assert chosen(app) == [run.title, "mlp-512"]
    names = [line["name"] for line in drawn(app)[0]["data"]]
    assert names == [
        "mlp-512 · training",
        f"{run.title} · training",
        f"{run.title} · validation",
    ]


def test_the_run_that_is_looked_at_is_chosen(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, run=run.id)

    assert chosen(app) == [run.title]


def test_the_table_holds_what_a_run_reached(app: AppTest, store: RunStore):
    open_page(app, PAGE)

    row = all_runs(app).set_index("name").loc["mlp-256"]
    baseline = store.get("mlp-256")
    assert row["status"] == "Finished"
    assert row["settings"].startswith("784-256-10 · ")
    assert row["epochs"] == 10
    assert row["test"] == 100 * baseline.result.test_accuracy
    assert row["validation"] == 100 * max(baseline.history["val_accuracy"])
    assert row["seconds"] == baseline.result.total_seconds
    assert row["date"].timestamp() == pytest.approx(baseline.created_at, abs=1e-3)


def test_the_table_says_what_is_set_otherwise_than_usual_where_runs_differ(app: AppTest):
    open_page(app, PAGE)

    settings = all_runs(app).set_index("name")["settings"]
    assert settings["mlp-512"] == "784-512-10"
    assert settings["mlp-256"] == (
        "784-256-10 · Validation split: 0.2 · Loss: Categorical cross-entropy · "
        "Initial weights: Normal"
    )


def test_every_state_of_a_run_has_its_words(app: AppTest, filled_store: RunStore):
    open_page(app, PAGE)

    assert set(runs_table.STATUS_TITLES) == set(RunStatus)
    words = all_runs(app)["status"].tolist()
    stored = [*filled_store.list(), *filled_store.baselines()]
    assert words == [runs_table.STATUS_TITLES[run.status] for run in stored]


@pytest.mark.parametrize("name", flat_settings(TrainingConfig()))
def test_every_setting_has_a_title(name: str):
    assert setting_texts.title(name)


def test_every_reading_has_its_sentence():
    assert set(READINGS) == set(CurveKind)


def test_ticking_another_run_adds_it_and_writes_the_url(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs="mlp-256")

    tick(app, run.title, "mlp-256")

    assert app.query_params["runs"] == f"mlp-256,{run.id}"
    assert chosen(app) == [run.title, "mlp-256"]
    assert app.multiselect[0].value == ["mlp-256", run.id]


def test_a_run_can_be_chosen_by_name(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs="mlp-256")
    assert app.multiselect[0].value == ["mlp-256"]

    app.multiselect[0].set_value(["mlp-256", run.id]).run()

    assert app.query_params["runs"] == f"mlp-256,{run.id}"
    assert chosen(app) == [run.title, "mlp-256"]


def test_a_run_that_arrives_above_does_not_move_the_ticks(app: AppTest, store: RunStore):
    open_page(app, PAGE, runs="mlp-256")
    run = add_finished(store)

    app.run()
    assert chosen(app) == ["mlp-256"]
    tick(app, "mlp-256", run.title)

    assert app.query_params["runs"] == f"mlp-256,{run.id}"


def test_a_tick_means_the_run_that_the_browser_shows(app: AppTest, store: RunStore):
    open_page(app, PAGE, runs="mlp-256")
    add_finished(store)  # the browser does not know of it yet

    tick(app, "mlp-512", "mlp-256")

    assert app.query_params["runs"] == "mlp-256,mlp-512"
    assert chosen(app) == ["mlp-512", "mlp-256"]


def test_what_the_browser_only_repeats_leaves_the_url_alone(app: AppTest):
    open_page(app, PAGE)

    send_rows(app, [1, 0])

    assert "runs" not in app.query_params


def test_going_back_in_the_browser_ticks_what_was_chosen_then(app: AppTest):
    open_page(app, PAGE, runs="mlp-256")
    tick(app, "mlp-512")

    app.query_params["runs"] = "mlp-256"
    app.run()

    assert chosen(app) == ["mlp-256"]


def test_at_most_six_runs_are_compared(app: AppTest, store: RunStore):
    for _ in range(7):
        add_finished(store)
    open_page(app, PAGE, runs="mlp-512,mlp-256")

    tick(app, *all_runs(app)["name"])

    assert len(chosen(app)) == 6
    assert {"mlp-512", "mlp-256"} <= set(chosen(app))  # those chosen before stay
    assert [warning.value for warning in app.warning] == ["At most 6 runs can be compared."]


def test_nothing_chosen_says_what_to_do(app: AppTest):
    open_page(app, PAGE)

    tick(app)

    assert [info.value for info in app.info] == ["Choose at least one run to see its curves."]
    assert app.query_params["runs"] == ""
    assert chosen(app) == []
    assert not app.exception


def test_an_unknown_run_in_the_link_is_a_sentence(app: AppTest):
    open_page(app, PAGE, runs="mlp-256,gone,<b>")

    assert [warning.value for warning in app.warning] == [r"There are no runs gone, \<b\>"]
    assert chosen(app) == ["mlp-256"]


def test_a_run_without_an_epoch_can_be_chosen_but_has_no_curves(app: AppTest, store: RunStore):
    waiting = store.create(TINY, name="waiting")
    failed = add_failed(store)

    open_page(app, PAGE, runs=f"{waiting.id},{failed.id},mlp-256")

    assert [info.value for info in app.info] == [
        r"waiting \#1 has not finished an epoch yet, so it has no curves.",
        r"failed \#2 ended before its first epoch was done, so it has no curves.",
    ]
    assert len(chosen(app)) == 3
    assert len(drawn(app)[0]["data"]) == 2
    assert not app.exception


def test_the_table_has_the_colours_of_the_curves(app: AppTest, store: RunStore):
    run = add_finished(store)
    store.create(TINY, name="waiting")

    open_page(app, PAGE, runs=f"mlp-256,{run.id}")

    loss, _accuracy, gap = drawn(app)
    colours = {line["name"]: line["line"]["color"] for line in gap["data"]}
    assert len(set(colours.values())) == 2
    assert {line["line"]["color"] for line in loss["data"]} == set(colours.values())
    pictures = all_runs(app).set_index("name")["colour"]
    for title, colour in colours.items():
        assert pictures[title] == runs_table._swatch(colour)
    assert [title for title, picture in pictures.items() if picture] == list(reversed(colours))


def test_the_gap_is_drawn_for_runs_with_validation_only(app: AppTest):
    open_page(app, PAGE, runs="mlp-512,mlp-256")
    assert [line["name"] for line in drawn(app)[2]["data"]] == ["mlp-256"]
    assert any(r"No gap without a validation split: mlp\-512." in c.value for c in app.caption)

    open_page(app, PAGE, runs="mlp-512")
    assert len(drawn(app)) == 2
    assert not app.exception


def test_the_curves_of_each_run_are_read(app: AppTest, store: RunStore):
    watched, unwatched = store.get("mlp-256"), store.get("mlp-512")
    open_page(app, PAGE, runs="mlp-512,mlp-256")

    said = sentences(app)
    train, validation = (watched.history[name][-1] for name in ("accuracy", "val_accuracy"))
    losses = watched.history["val_loss"]
    assert (
        rf"**mlp\-256** · In its last epoch it read {train:.2%} of the images it learns from and "
        f"{validation:.2%} of those held back; its validation loss was lowest after epoch "
        f"{losses.index(min(losses)) + 1} and"
    ) in said
    assert f"{watched.result.test_accuracy:.2%} of new ones" not in said
    # Without validation its curves cannot tell, so the test images do.
    assert r"**mlp\-512** · It held no images back" in said
    assert said.count(f"{unwatched.result.test_accuracy:.2%} of new ones") == 1


def test_a_wide_gap_is_read_as_examples_learned_by_heart(app: AppTest, store: RunStore):
    history = {
        "loss": [0.5, 0.1],
        "accuracy": [0.9, 0.9875],
        "val_loss": [0.6, 0.598],
        "val_accuracy": [0.8, 0.83],
    }
    run = add_finished(store, history=history)

    open_page(app, PAGE, runs=run.id)

    assert "98.75% of the images it learns from but only 83.00% of those held" in sentences(app)
    assert "the digits, not the examples" not in sentences(app)


OVERFITTING = {
    "loss": [0.5, 0.3, 0.1, 0.05],
    "accuracy": [0.9, 0.95, 0.98, 0.99],
    "val_loss": [0.4, 0.3, 0.4, 0.5],
    "val_accuracy": [0.85, 0.9, 0.9, 0.9],
}


def test_a_run_that_overfits_is_told_where_to_stop(app: AppTest, store: RunStore):
    run = add_finished(store, history=OVERFITTING)

    open_page(app, PAGE, runs=run.id)

    assert "(overfitting from epoch 2). Stop there" in sentences(app)
    assert "Early stopping" not in sentences(app)


def test_a_run_that_early_stopping_ended_is_not_told_to_stop(app: AppTest, store: RunStore):
    run = add_finished(store, history=OVERFITTING, kept_epoch=2)

    open_page(app, PAGE, runs=run.id)

    assert "Early stopping went back to the weights of epoch 2" in sentences(app)
    assert "Stop there" not in sentences(app)


def test_a_run_at_work_is_not_read_yet(app: AppTest, store: RunStore):
    run = add_running(store)

    open_page(app, PAGE, runs=run.id)

    assert "It is still training" in sentences(app)


def test_a_run_that_failed_says_why(app: AppTest, store: RunStore):
    run = add_running(store)
    store.fail(claim_of(run), TrainingDivergedError("the loss is no longer a number"))

    open_page(app, PAGE, runs=run.id)

    assert "The loss is no longer a number" in sentences(app)


def test_only_the_settings_in_which_the_chosen_runs_differ_are_listed(app: AppTest):
    open_page(app, PAGE, runs="mlp-512,mlp-256")

    assert differences(app).T.to_dict("list") == {
        "Network": ["784-512-10", "784-256-10"],
        "Epochs": ["5", "10"],
        "Validation split": ["0", "0.2"],
        "Loss": ["Sparse categorical cross-entropy", "Categorical cross-entropy"],
        "Initial weights": ["Glorot uniform", "Normal"],
    }


def test_runs_with_the_same_settings_are_said_to_have_them(app: AppTest, store: RunStore):
    run = add_finished(store)

    open_page(app, PAGE, runs=f"mlp-256,{run.id}")

    assert "The chosen runs have the same settings." in sentences(app)
    assert len(app.dataframe) == 1


def test_what_a_fine_tuned_run_began_as_is_no_less_than_a_setting(app: AppTest, store: RunStore):
    images, labels = np.ones((1, 28, 28), np.uint8), np.ones(1, np.uint8)
    one, other = (add_fine_tuned(store, images, labels) for _ in range(2))
    open_page(app, PAGE, runs=f"mlp-256,{one.id}")
    assert differences(app).T.to_dict("list")["Began as"] == ["random weights", "mlp-256"]
    assert "Began as mlp-256" in all_runs(app)["settings"].iloc[0]

    open_page(app, PAGE, runs=f"{one.id},{other.id}")

    assert "The chosen runs have the same settings." in sentences(app)


def test_one_run_alone_differs_from_nothing(app: AppTest):
    open_page(app, PAGE, runs="mlp-256")

    assert len(app.dataframe) == 1


def test_a_renamed_run_keeps_its_place_in_the_comparison(app: AppTest, store: RunStore):
    run = add_finished(store, "old")
    open_page(app, PAGE, runs=f"mlp-256,{run.id}")

    app.text_input[0].set_value("new name")
    button(app, "Rename").click().run()

    assert store.get(run.id).name == "new name"
    assert chosen(app) == ["new name #1", "mlp-256"]
    assert app.text_input[0].value == "new name"


@pytest.mark.parametrize("name", ["", "   "])
def test_a_name_of_blanks_is_refused_in_a_sentence(app: AppTest, store: RunStore, name: str):
    run = add_finished(store, "old")
    open_page(app, PAGE, runs=run.id)

    app.text_input[0].set_value(name)
    button(app, "Rename").click().run()

    assert [warning.value for warning in app.warning] == ["A run needs a name."]
    assert store.get(run.id).name == "old"


@pytest.mark.parametrize("name", ["**b** [x](http://a)", "<b>b</b>", "{0} {n} %{y}", "x" * 200])
def test_odd_names_are_harmless(app: AppTest, store: RunStore, name: str):
    run = add_finished(store, name)
    title = store.get(run.id).title

    open_page(app, PAGE, runs=f"{run.id},mlp-512")

    assert not app.exception
    assert chosen(app) == [title, "mlp-512"]
    assert "**b**" not in sentences(app).replace(r"\*", "")
    button(app, "Delete 1 run").click().run()
    assert not app.exception


@pytest.mark.parametrize("runs", ["mlp-256", "mlp-512,mlp-256"])
def test_included_networks_are_neither_renamed_nor_deleted_and_it_says_why(app: AppTest, runs: str):
    open_page(app, PAGE, runs=runs)

    assert button(app, "Delete").disabled
    assert not app.text_input
    assert any("cannot be renamed or deleted" in caption.value for caption in app.caption)


def test_deleting_leaves_the_included_networks_chosen(app: AppTest, store: RunStore):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, run=first.id, runs=f"{first.id},mlp-256,{second.id}")

    button(app, "Delete 2 runs").click().run()

    assert list(store.list()) == []
    assert app.query_params["runs"] == "mlp-256"
    assert "run" not in app.query_params
    assert chosen(app) == ["mlp-256"]
    assert r"Deleted: first \#1, second \#2." in sentences(app)
    assert not app.warning


def test_undo_brings_everything_back(app: AppTest, store: RunStore):
    run = add_finished(store)
    before = store.get(run.id)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    button(app, "Delete 1 run").click().run()

    button(app, "Undo").click().run()

    assert store.get(run.id) == before
    assert store.network(run.id).weights
    assert set(chosen(app)) == {run.title, "mlp-256"}
    assert "Deleted" not in sentences(app)


def test_undo_is_offered_until_the_page_is_left(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=run.id)
    button(app, "Delete 1 run").click().run()
    tick(app, "mlp-256")
    assert button(app, "Undo")

    app.switch_page("pages/1_Samples.py").run()
    app.switch_page(PAGE).run()

    assert "Deleted" not in sentences(app)


def test_undo_brings_back_the_latest_deletion_only(app: AppTest, store: RunStore):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, runs=first.id)
    button(app, "Delete 1 run").click().run()
    tick(app, second.title)
    button(app, "Delete 1 run").click().run()

    button(app, "Undo").click().run()

    assert [run.id for run in store.list()] == [second.id]


def test_deleting_what_somebody_else_has_deleted_is_a_sentence(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    store.delete(run.id)

    button(app, "Delete 1 run").click().run()

    assert not app.exception
    assert [warning.value for warning in app.warning] == [f"There is no run {run.id}"]
    assert chosen(app) == ["mlp-256"]


@contextmanager
def locked(store: RunStore) -> Iterator[None]:
    """Let somebody else hold the database for writing."""
    database = sqlite3.connect(store.url.removeprefix("sqlite:///"))
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
    finally:
        database.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a lock only for a moment."""
    monkeypatch.setattr("mnist_core.store.database._LOCK_TIMEOUT_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_undo_stays_offered_while_the_store_is_locked(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=run.id)
    button(app, "Delete 1 run").click().run()

    with locked(store):
        button(app, "Undo").click().run()

    assert "database is locked" in app.warning[0].value
    assert r"Deleted: mine \#1." in sentences(app)
    button(app, "Undo").click().run()
    assert [run.id for run in store.list()] == [run.id]
    assert chosen(app) == [run.title]
    assert "Deleted" not in sentences(app)


def test_undo_stays_offered_for_what_could_not_be_restored(
    app: AppTest, store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, runs=f"{first.id},{second.id}")
    button(app, "Delete 2 runs").click().run()
    original = RunStore.restore

    def restore(self, run_id: str) -> None:
        if run_id == first.id:
            raise RunStoreError("the database is locked")
        original(self, run_id)

    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "restore", restore)
        button(app, "Undo").click().run()

    assert chosen(app) == [second.title]
    assert r"Deleted: first \#1." in sentences(app)
    button(app, "Undo").click().run()
    assert set(chosen(app)) == {first.title, second.title}


def test_undo_is_over_for_what_cannot_be_restored_any_more(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=run.id)
    button(app, "Delete 1 run").click().run()
    store.restore(run.id)

    button(app, "Undo").click().run()

    assert [warning.value for warning in app.warning] == [f"There is no run {run.id}"]
    assert "Deleted" not in sentences(app)


@pytest.mark.usefixtures("impatient")
def test_what_could_not_be_deleted_stays_chosen(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, run=run.id, runs=f"{run.id},mlp-256")

    with locked(store):
        button(app, "Delete 1 run").click().run()

    assert "database is locked" in app.warning[0].value
    assert app.query_params["runs"] == f"{run.id},mlp-256"
    assert app.query_params["run"] == run.id
    assert "Deleted" not in sentences(app)


@pytest.mark.usefixtures("impatient")
def test_a_deletion_that_fails_leaves_the_way_back_from_the_one_before(
    app: AppTest, store: RunStore
):
    first, second = add_finished(store, "first"), add_finished(store, "second")
    open_page(app, PAGE, runs=first.id)
    button(app, "Delete 1 run").click().run()
    tick(app, second.title)

    with locked(store):
        button(app, "Delete 1 run").click().run()

    assert r"Deleted: first \#1." in sentences(app)


def test_renaming_what_somebody_else_has_deleted_is_a_sentence(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    store.delete(run.id)

    app.text_input[0].set_value("new")
    button(app, "Rename").click().run()

    assert not app.exception
    assert f"There is no run {run.id}" in [warning.value for warning in app.warning]


def test_looking_at_what_somebody_else_has_deleted_is_a_sentence(app: AppTest, store: RunStore):
    run = add_finished(store)
    open_page(app, PAGE, runs=f"{run.id},mlp-256")
    store.delete(run.id)

    app.run()

    assert not app.exception
    assert [warning.value for warning in app.warning] == [f"There is no run {run.id}"]
    assert chosen(app) == ["mlp-256"]


@pytest.mark.parametrize("lang", [None, "zh_TW"])
def test_the_link_names_the_runs_and_keeps_the_language_of_the_url(app: AppTest, lang: str | None):
    parameters = {"lang": lang} if lang else {}

    open_page(app, PAGE, runs="mlp-512,mlp-256", **parameters)

    query = "runs=mlp-512,mlp-256" + ("&lang=zh_TW" if lang else "")
    assert app.code[0].value.endswith(f"?{query}")


def test_the_download_holds_the_curves_of_the_chosen_runs(
    app: AppTest, store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    offered: list[bytes] = []
    original = MemoryMediaFileStorage.load_and_get_id

    def load(self, data: bytes, *arguments):
        offered.append(data)
        return original(self, data, *arguments)

    monkeypatch.setattr(MemoryMediaFileStorage, "load_and_get_id", load)
    open_page(app, PAGE, runs="mlp-256")

    frame = pd.read_csv(io.BytesIO(offered[-1]))
    assert frame["val_loss"].tolist() == store.get("mlp-256").history["val_loss"]


def test_the_store_is_listed_once_a_rerun(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    open_page(app, PAGE)
    n_calls = 0
    original = RunStore.list

    def count(self):
        nonlocal n_calls
        n_calls += 1
        return original(self)

    monkeypatch.setattr(RunStore, "list", count)
    app.run()

    assert n_calls == 1
