"""The widget of a setting, as its entry asks for it."""

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.settings.fields import SETTINGS
from mnist_core.settings.setting import Limit, Widget
from mnist_core.store.run_store import RunStore
from pages.ui.widgets.setting_texts import value
from tests.pages.conftest import open_page
from tests.pages.train.helpers import PAGE
from tests.tables import add_entry


def test_a_slider_of_steps_may_stand_in_every_layer(app: AppTest, store: RunStore, monkeypatch):
    entry = dataclasses.replace(SETTINGS["units"], widget=Widget.STEPS, steps=(16, 32, 64))
    add_entry(monkeypatch, SETTINGS, "units", entry)
    open_page(app, PAGE)
    app.slider(key="train.mlp-512.layers.0").set_value(2).run()
    assert not app.exception

    app.select_slider(key="train.mlp-512.units.1").set_value(32).run()
    app.select_slider(key="train.mlp-512.units.2").set_value(64).run()
    app.button(key="train.start").click().run()

    assert [layer.units for layer in store.list()[0].config.layers] == [32, 64]


def test_a_number_that_is_entered_may_be_a_fraction(app: AppTest, store: RunStore, monkeypatch):
    entry = dataclasses.replace(
        SETTINGS["dropout"], widget=Widget.NUMBER, limit=Limit(0.0, 0.9), step=0.125
    )
    add_entry(monkeypatch, SETTINGS, "dropout", entry)
    open_page(app, PAGE)

    number = app.number_input(key="train.mlp-512.dropout.1")
    assert (number.min, number.max, number.step) == (0.0, 0.9, 0.125)
    assert number.proto.format == "%g"
    number.set_value(0.625).run()
    app.button(key="train.start").click().run()

    assert [layer.dropout for layer in store.list()[0].config.layers] == [0.625]


@pytest.mark.parametrize(
    ("key", "table"), [("optimizer.0", OPTIMIZERS), ("activation.1", ACTIVATIONS)]
)
def test_a_choice_says_what_each_option_does(app: AppTest, key, table):
    open_page(app, PAGE)

    said = app.selectbox(key=f"train.mlp-512.{key}").help.splitlines()

    assert said == [
        SETTINGS[key.split(".")[0]].help,
        "",
        *(f"- **{choice.title}**: {choice.help}" for choice in table.values()),
    ]


def test_a_slider_of_steps_writes_a_value_as_history_does(app: AppTest):
    open_page(app, PAGE)

    for name in ("batch_size", "n_train", "learning_rate", "l2"):
        options = app.select_slider(key=f"train.mlp-512.{name}.0").options
        assert options == [value(name, step) for step in SETTINGS[name].steps]
    assert "1,024" in app.select_slider(key="train.mlp-512.batch_size.0").options
