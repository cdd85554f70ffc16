import pytest

from mnist_core.settings.architecture import (
    LayerSummary,
    count_parameters,
    describe_network,
    layer_summaries,
)
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.presets import PRESETS


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
