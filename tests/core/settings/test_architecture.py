import re

import pytest

from mnist_core.errors import InvalidConfigError
from mnist_core.settings import architecture
from mnist_core.settings.architecture import (
    LayerSummary,
    count_parameters,
    describe_network,
    layer_summaries,
    read_layers,
)
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS
from mnist_core.settings.presets import PRESETS
from tests import made_up
from tests.tables import add_entry


# Counted by hand: inputs x units + units for each layer.
@pytest.mark.parametrize(
    ("slug", "n_parameters"),
    [
        ("mlp-256", 200_960 + 2_570),
        ("mlp-512", 401_920 + 5_130),
        ("dropout-256", 200_960 + 65_792 + 2_570),
        ("dropout-800", 628_000 + 8_010),
        ("best-mlp", 628_000 + 640_800 + 8_010),
        ("overfit", 401_920 + 262_656 + 5_130),
    ],
)
def test_each_preset_has_the_parameters_counted_by_hand(slug, n_parameters):
    assert count_parameters(PRESETS[slug].config) == n_parameters


def test_the_network_of_the_first_tutorial_has_203530_parameters():
    assert count_parameters(TrainingConfig(layers=(HiddenLayer(256),))) == 203_530


def test_a_network_without_hidden_layer_has_7850_parameters():
    assert count_parameters(TrainingConfig(layers=())) == 7_850


def test_the_summary_has_a_row_for_every_layer_and_every_dropout():
    config = TrainingConfig(layers=(HiddenLayer(256, dropout=0.5), HiddenLayer(64)))

    assert layer_summaries(config) == (
        LayerSummary(name="hidden_1", kind="Dense", output_shape=(None, 256), n_parameters=200_960),
        LayerSummary(name="dropout_1", kind="Dropout", output_shape=(None, 256), n_parameters=0),
        LayerSummary(name="hidden_2", kind="Dense", output_shape=(None, 64), n_parameters=16_448),
        LayerSummary(name="output", kind="Dense", output_shape=(None, 10), n_parameters=650),
    )


def test_a_network_is_described_by_its_layer_sizes():
    assert describe_network(PRESETS["dropout-256"].config) == "784-256-256-10"
    assert describe_network(TrainingConfig(layers=())) == "784-10"


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("256", (HiddenLayer(256),)),
        ("256:relu:0.5,256", (HiddenLayer(256, dropout=0.5), HiddenLayer(256))),
        ("8:tanh,4,2:elu:0", (HiddenLayer(8, "tanh"), HiddenLayer(4), HiddenLayer(2, "elu"))),
        ("none", ()),
    ],
)
def test_layers_are_read_as_people_write_them(text, layers):
    assert read_layers(text) == layers


@pytest.mark.parametrize("text", ["", "many", "256:relu:half", "8:relu:0.5:9", "1.5", "8:relu:"])
def test_what_is_no_layer_is_refused_with_an_example(text):
    expected = f"a hidden layer is written as in 256:relu:0.5, units first, got '{text}'"

    with pytest.raises(InvalidConfigError, match=f"^{re.escape(expected)}$"):
        read_layers(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "units must be a whole number from 1 to 2048, got 0"),
        ("8:magic", "activation must be one of relu, sigmoid, tanh, elu, got magic"),
        ("8,8::0.5", "activation must be one of relu, sigmoid, tanh, elu, got "),
        ("8:relu:1", "dropout must be a number from 0.0 to 0.9, got 1.0"),
    ],
)
def test_a_layer_outside_its_limits_is_refused(text, message):
    with pytest.raises(InvalidConfigError, match=f"^{re.escape(message)}$"):
        read_layers(text)


def test_a_setting_that_is_added_to_a_layer_can_be_written(monkeypatch):
    add_entry(monkeypatch, SETTINGS, "made_up", made_up.OF_A_LAYER)
    monkeypatch.setattr(architecture, "HiddenLayer", dict)

    assert read_layers("8:relu:0.5:3,4") == (
        {"units": 8, "activation": "relu", "dropout": 0.5, "made_up": 3},
        {"units": 4},
    )
