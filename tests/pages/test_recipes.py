"""The recipes of CONTRIBUTING.md: one entry reaches Train's widgets and History's texts."""

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data.dataset import load_preview
from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from tests import made_up
from tests.pages.conftest import open_page
from tests.tables import add_entry

TRAIN, HISTORY = "pages/2_Train.py", "pages/3_History.py"


def start(app: AppTest, store: RunStore) -> TrainingConfig:
    """Press Start; return the config of the run that is asked for."""
    app.button(key="train.start").click().run()
    assert not app.exception
    return store.list()[0].config  # the newest


def difference(app: AppTest, store: RunStore, title: str) -> list[str]:
    """Compare the newest run with an included one on History; return what it says of a setting."""
    open_page(app, HISTORY, runs=f"mlp-512,{store.list()[0].id}")
    assert not app.exception
    return app.dataframe[1].value.set_index("Setting").loc[title].tolist()


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("optimizer", made_up.OPTIMIZER),
        ("initializer", made_up.INITIALIZER),
        ("loss", made_up.LOSS),
    ],
)
def test_a_choice_is_one_entry(app, store, monkeypatch, name, entry):
    table = SETTINGS[name].choices
    usual = table[getattr(PRESETS["mlp-512"].config, name)].title
    add_entry(monkeypatch, table, "made_up", entry)

    open_page(app, TRAIN)
    widget = app.selectbox(key=f"train.mlp-512.{name}.0")
    assert widget.options[-1] == entry.title
    widget.set_value("made_up").run()

    assert getattr(start(app, store), name) == "made_up"
    assert difference(app, store, SETTINGS[name].title) == [usual, entry.title]


def test_an_activation_is_one_entry(app, store, monkeypatch):
    add_entry(monkeypatch, ACTIVATIONS, "selu", made_up.SELU)

    open_page(app, TRAIN)
    app.selectbox(key="train.mlp-512.activation.1").set_value("selu").run()
    (picture,) = [each.value for each in app.markdown if "mnist-network" in each.value]
    assert "<span>activation SELU</span>" in picture
    assert "has 512 units with the activation SELU." in picture

    assert start(app, store).layers == (HiddenLayer(512, "selu"),)
    assert difference(app, store, "Activation") == ["relu", "SELU"]


def test_an_activation_that_is_added_is_shown_in_the_panel_of_an_image(app, store, monkeypatch):
    add_entry(monkeypatch, ACTIVATIONS, "selu", made_up.SELU)
    baseline = store.get("mlp-512")
    config = dataclasses.replace(baseline.config, layers=(HiddenLayer(512, "selu"),))
    claim = store.create_claimed(config, name="selu")
    store.finish(
        claim,
        history=baseline.history,
        result=baseline.result,
        weights=store.network("mlp-512").weights,
    )

    images, labels = load_preview(1)  # the first test image
    predicted = int(store.network(claim.run_id).probabilities(images)[0].argmax())

    cell = {"true": str(labels[0]), "predicted": str(predicted), "index": "0"}
    open_page(app, "pages/4_Confusion.py", run=claim.run_id, **cell)

    assert not app.exception
    assert any("its activation (SELU)." in caption.value for caption in app.caption)


def test_a_preset_is_one_entry(app, store, monkeypatch):
    add_entry(monkeypatch, PRESETS, "made-up", made_up.PRESET)

    open_page(app, TRAIN)
    assert app.selectbox(key="train.preset").options[-1] == "Made-up preset"
    app.selectbox(key="train.preset").set_value("made-up").run()
    assert [each.value for each in app.caption if each.value == "It is made up."]

    assert start(app, store) == made_up.PRESET.config


def test_all_that_is_said_of_a_setting_is_one_entry(app, store, monkeypatch):
    add_entry(monkeypatch, SETTINGS, "patience", made_up.PATIENCE)

    open_page(app, TRAIN)
    widget = app.slider(key="train.mlp-512.patience.0")
    assert (widget.label, widget.help) == ("Made-up patience", "It is made up.")
    assert (widget.min, widget.max) == (0, 7)
    widget.set_value(7).run()

    assert start(app, store).patience == 7
    assert difference(app, store, "Made-up patience") == ["000", "007"]
