"""The curves of the chosen runs, and what they say."""

import io

import numpy as np
import pandas as pd
import pytest
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from mnist_core.errors import TrainingDivergedError
from mnist_core.store.run_store import RunStore
from tests.conftest import TINY, add_failed, add_fine_tuned, add_finished, add_running, claim_of
from tests.pages.conftest import open_page
from tests.pages.history.helpers import (
    PAGE,
    all_runs,
    chosen,
    differences,
    drawn,
    sentences,
    tick,
)


def test_nothing_chosen_says_what_to_do(app: AppTest):
    open_page(app, PAGE)

    tick(app)

    assert [info.value for info in app.info] == ["Choose at least one run to see its curves."]
    assert app.query_params["runs"] == ""
    assert chosen(app) == []
    assert not app.exception


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


def test_sentences_in_chinese_follow_each_other_without_a_gap(app: AppTest):
    open_page(app, PAGE, runs="mlp-512", lang="zh_TW")

    (reading,) = (each.value for each in app.markdown if each.value.startswith("**mlp"))
    assert reading.count("。") > 1
    assert "。 " not in reading


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
        "Loss function": ["Sparse categorical cross-entropy", "Categorical cross-entropy"],
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
