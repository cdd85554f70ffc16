import dataclasses

import pytest

from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.differences import differing_settings, flat_settings, unusual_settings
from tests.core.samples import OTHER_SETTINGS

DEFAULT = TrainingConfig()


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(TrainingConfig)])
def test_a_change_in_any_field_is_a_difference(name: str):
    other = dataclasses.replace(DEFAULT, **{name: OTHER_SETTINGS[name]})

    differing = differing_settings([DEFAULT, other])

    if name == "layers":
        assert differing == {"network": ["784-512-10", "784-64-10"], "activation": ["relu", "tanh"]}
    elif name == "augmentation":
        assert differing == {
            "shift": [0.0, 1.0],
            "rotation": [0.0, 2.0],
            "zoom": [0.0, 0.25],
            "elastic": [0.0, 3.0],
        }
    else:
        assert differing == {name: [getattr(DEFAULT, name), OTHER_SETTINGS[name]]}


def test_every_setting_has_a_name_of_its_own():
    n_fields = sum(
        len(dataclasses.fields(cls)) for cls in (TrainingConfig, HiddenLayer, Augmentation)
    )

    # The layers and the distortions are within; the units are part of the network.
    assert len(flat_settings(DEFAULT)) == n_fields - 2


def test_what_layers_agree_in_is_said_once_and_the_rest_layer_by_layer():
    config = TrainingConfig(layers=(HiddenLayer(800, dropout=0.5), HiddenLayer(256)))

    settings = flat_settings(config)

    assert settings["network"] == "784-800-256-10"
    assert settings["activation"] == "relu"
    assert settings["dropout"] == "0.5, 0.0"


def test_without_hidden_layers_there_is_nothing_to_say_of_them():
    settings = flat_settings(TrainingConfig(layers=()))

    assert settings["network"] == "784-10"
    assert settings["activation"] is None
    assert settings["dropout"] is None


def test_what_is_the_same_in_all_is_no_difference():
    configs = [dataclasses.replace(DEFAULT, seed=1, epochs=epochs) for epochs in (2, 3, 2)]

    assert differing_settings(configs) == {"epochs": [2, 3, 2]}


@pytest.mark.parametrize("n", [0, 1, 2])
def test_equal_configs_do_not_differ(n: int):
    assert differing_settings([DEFAULT] * n) == {}


def test_a_config_is_described_by_what_only_some_set_otherwise_than_the_defaults():
    slow = dataclasses.replace(DEFAULT, seed=1, learning_rate=1e-5)
    plain = dataclasses.replace(DEFAULT, seed=1)

    assert unusual_settings([slow, plain]) == [{"learning_rate": 1e-5}, {}]
