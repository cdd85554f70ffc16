"""The settings of the next training, and its start."""

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.settings.config import HiddenLayer
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from mnist_core.workers import machine
from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE, texts

# Every setting, and another value for it.
CHANGES = {
    "layers.0": 2,
    "units.1": 33,
    "activation.1": "tanh",
    "dropout.1": 0.4,
    "epochs.0": 7,
    "learning_rate.0": 0.01,
    "batch_size.0": 64,
    "n_train.0": 2_000,
    "validation_split.0": 0.25,
    "optimizer.0": "sgd",
    "initializer.0": "he_normal",
    "loss.0": "categorical_crossentropy",
    "seed.0": 11,
    "learning_rate_decay.0": 0.1,
    "l2.0": 1e-4,
    "patience.0": 4,
    "shift.0": 1.5,
    "rotation.0": 12.0,
    "zoom.0": 0.15,
    "elastic.0": 0.9,
}


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


def test_each_preset_keeps_its_own_changes(app: AppTest):
    open_page(app, PAGE)
    app.slider(key="train.mlp-512.epochs.0").set_value(9).run()
    app.selectbox(key="train.preset").set_value("mlp-256").run()
    assert app.slider(key="train.mlp-256.epochs.0").value == 10

    app.selectbox(key="train.preset").set_value("mlp-512").run()

    assert app.slider(key="train.mlp-512.epochs.0").value == 9


def test_the_page_says_what_the_training_will_take(app: AppTest, monkeypatch):
    monkeypatch.setattr(machine, "gigaflops", lambda: 412.0)
    open_page(app, PAGE)
    assert "On this machine: about 5\u00a0s, with 1.0\u00a0GB of memory." in texts(app)

    widget(app, "train.mlp-512.epochs.0").set_value(200).run()

    assert "On this machine: about 3\u00a0min, with 1.0\u00a0GB of memory." in texts(app)


def test_settings_that_the_memory_is_too_small_for_are_refused(
    app: AppTest, store: RunStore, monkeypatch
):
    monkeypatch.setattr(machine, "available_memory", lambda: 0)
    open_page(app, PAGE)
    widget(app, "train.mlp-512.epochs.0").set_value(7).run()

    app.button(key="train.start").click().run()

    (error,) = app.error
    assert "this machine has 0\\.0\u00a0GB left" in error.value  # escaped for Markdown
    assert not store.list()
    assert widget(app, "train.mlp-512.epochs.0").value == 7
