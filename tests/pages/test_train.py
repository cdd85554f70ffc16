"""The Train page."""

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import PRESETS, HiddenLayer
from mnist_core.records import RunStatus
from mnist_core.runs import RunStore
from tests.conftest import add_failed, add_finished, add_running
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
