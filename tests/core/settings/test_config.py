import dataclasses
import json
import math
import re

import pytest

from mnist_core.errors import InvalidConfigError
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS, limit_of
from mnist_core.settings.presets import PRESETS

LAYER_SETTINGS = ("units", "dropout", "activation")
DISTORTIONS = ("shift", "rotation", "zoom", "elastic")
CHOICES = [name for name, setting in SETTINGS.items() if setting.choices]
WITH_LIMITS = [name for name in SETTINGS if name not in CHOICES]
WHOLE_NUMBERS = [name for name in WITH_LIMITS if SETTINGS[name].is_whole]
NUMBERS = [name for name in WITH_LIMITS if name not in WHOLE_NUMBERS]
# What is no number at all is tried for every setting but `layers`, whose number is a length.
SCALARS = [name for name in WITH_LIMITS if name != "layers"]


def config_with(name: str, value: object) -> TrainingConfig:
    if name in LAYER_SETTINGS:
        return TrainingConfig(layers=(HiddenLayer(**{"units": 8, name: value}),))
    if name == "layers":
        return TrainingConfig(layers=(HiddenLayer(8),) * value)
    if name in DISTORTIONS:
        return TrainingConfig(augmentation=Augmentation(**{name: value}))
    return TrainingConfig(**{name: value})


def value_in(config: TrainingConfig, name: str) -> object:
    if name in LAYER_SETTINGS:
        return getattr(config.layers[0], name)
    if name in DISTORTIONS:
        return getattr(config.augmentation, name)
    return len(config.layers) if name == "layers" else getattr(config, name)


def next_value(name: str, value: float, towards: float) -> float:
    if name in WHOLE_NUMBERS:
        return value + int(math.copysign(1, towards))
    return math.nextafter(value, towards)


def rule(name: str, value: object) -> str:
    kind = "a whole number" if name in WHOLE_NUMBERS else "a number"
    limit = limit_of(name)
    return "^" + re.escape(f"{name} must be {kind} from {limit.low} to {limit.high}, got {value}")


@pytest.mark.parametrize("name", WITH_LIMITS)
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_value_at_its_limit_is_accepted(name, side):
    value = getattr(limit_of(name), side)

    assert value_in(config_with(name, value), name) == value


@pytest.mark.parametrize("name", SCALARS)
def test_a_value_just_below_its_limit_is_refused(name):
    value = next_value(name, limit_of(name).low, -math.inf)

    with pytest.raises(InvalidConfigError, match=rule(name, value) + "$"):
        config_with(name, value)


@pytest.mark.parametrize("name", WITH_LIMITS)
def test_a_value_just_above_its_limit_is_refused(name):
    value = next_value(name, limit_of(name).high, math.inf)

    with pytest.raises(InvalidConfigError, match=rule(name, value) + "$"):
        config_with(name, value)


@pytest.mark.parametrize("name", SCALARS)
@pytest.mark.parametrize("value", [True, "128", None, math.nan, math.inf, -math.inf, 1j, [1]])
def test_a_value_that_is_no_number_is_refused(name, value):
    with pytest.raises(InvalidConfigError, match=rule(name, value)):
        config_with(name, value)


@pytest.mark.parametrize("name", [name for name in WHOLE_NUMBERS if name != "layers"])
def test_a_whole_number_with_a_fraction_type_is_refused(name):
    value = float(limit_of(name).high)

    with pytest.raises(InvalidConfigError, match=rule(name, value)):
        config_with(name, value)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_may_be_written_without_fraction(name):
    whole = math.ceil(limit_of(name).low)

    assert value_in(config_with(name, whole), name) == whole


@pytest.mark.parametrize("name", CHOICES)
class TestChoices:
    def test_every_choice_is_accepted(self, name):
        choices = list(SETTINGS[name].choices)

        assert [value_in(config_with(name, choice), name) for choice in choices] == choices

    @pytest.mark.parametrize("value", ["magic", "ADAM", "", None, 1, ["adam"]])
    def test_anything_else_is_refused_with_the_choices_named(self, name, value):
        choices = ", ".join(SETTINGS[name].choices)
        expected = re.escape(f"{name} must be one of {choices}, got {value}")

        with pytest.raises(InvalidConfigError, match=f"^{expected}$"):
            config_with(name, value)


def test_four_settings_are_chosen_by_name():
    assert sorted(CHOICES) == ["activation", "initializer", "loss", "optimizer"]


def test_a_config_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainingConfig().epochs = 6


# Every setting differs from its default, so a setting that gets lost is seen.
UNUSUAL_CONFIG = TrainingConfig(
    layers=(HiddenLayer(3, "tanh", 0.25), HiddenLayer(5, "elu")),
    optimizer="rmsprop",
    learning_rate=0.5,
    batch_size=7,
    epochs=9,
    validation_split=0.1,
    loss="categorical_crossentropy",
    initializer="he_normal",
    n_train=101,
    l2=1e-4,
    learning_rate_decay=0.05,
    patience=3,
    augmentation=Augmentation(shift=1.5, rotation=7.5, zoom=0.1, elastic=1.25),
    seed=11,
)


def test_the_unusual_config_differs_from_the_default_in_every_setting():
    default = TrainingConfig().to_dict()

    assert [
        name for name, value in UNUSUAL_CONFIG.to_dict().items() if value == default[name]
    ] == []


@pytest.mark.parametrize(
    "config",
    [
        UNUSUAL_CONFIG,
        TrainingConfig(layers=()),
        *(preset.config for preset in PRESETS.values()),
    ],
)
def test_a_config_survives_json(config):
    assert TrainingConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_a_config_stored_before_a_setting_existed_takes_its_default():
    values = UNUSUAL_CONFIG.to_dict()
    del values["augmentation"], values["patience"]

    config = TrainingConfig.from_dict(values)

    assert (config.augmentation, config.patience) == (Augmentation(), 0)
    assert config.l2 == UNUSUAL_CONFIG.l2


def test_a_distortion_that_does_not_exist_is_refused():
    with pytest.raises(InvalidConfigError, match=r"^there is no setting named blur$"):
        TrainingConfig.from_dict({"augmentation": {"blur": 1.0}})


@pytest.mark.parametrize("name", DISTORTIONS)
def test_any_distortion_turns_the_augmentation_on(name):
    assert not Augmentation().is_on
    assert Augmentation(**{name: 0.1}).is_on


def test_the_learning_rate_decays_from_the_second_epoch_on():
    config = TrainingConfig(learning_rate=0.1, learning_rate_decay=0.5)

    assert [config.learning_rate_in(epoch) for epoch in (1, 2, 4)] == [0.1, 0.05, 0.0125]
    assert TrainingConfig(learning_rate=0.1).learning_rate_in(99) == 0.1


def test_settings_that_are_left_out_take_their_defaults():
    assert TrainingConfig.from_dict({}) == TrainingConfig()
    assert TrainingConfig.from_dict({"layers": [{"units": 9}]}).layers == (HiddenLayer(9),)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"momentum": 0.9}, "there is no setting named momentum"),
        ({"layers": [{"units": 8, "bias": 1}]}, "there is no setting named bias"),
        ({"layers": [{"activation": "relu"}]}, "every hidden layer needs its number of units"),
        ({"layers": [512]}, "settings must be a table of names and values"),
        ({"layers": 512}, "layers must be a list, got 512"),
        ({"layers": "512"}, "layers must be a list, got 512"),
        ({"layers": None}, "layers must be a list, got None"),
        ([], "settings must be a table of names and values"),
        ("epochs", "settings must be a table of names and values"),
        ({"layers": [{"units": "8"}]}, "units must be a whole number from 1 to 2048, got 8"),
        ({"epochs": 0}, "epochs must be a whole number from 1 to 200, got 0"),
    ],
)
def test_values_that_are_no_config_are_refused(values, message):
    with pytest.raises(InvalidConfigError, match=f"^{message}$"):
        TrainingConfig.from_dict(values)


def test_reading_a_config_leaves_the_values_as_they_are():
    values = {"layers": [{"units": 9}], "epochs": 3}

    TrainingConfig.from_dict(values)

    assert values == {"layers": [{"units": 9}], "epochs": 3}


@pytest.mark.parametrize(
    ("n_train", "validation_split", "n_fit"),
    [
        (60_000, 0.0, 60_000),
        (60_000, 0.2, 48_000),
        (1_000, 0.2, 800),
        (100, 0.5, 50),
        (101, 0.5, 50),
        (100, 1 / 3, 66),
    ],
)
def test_the_validation_part_is_taken_from_the_training_images(n_train, validation_split, n_fit):
    assert TrainingConfig(n_train=n_train, validation_split=validation_split).n_fit == n_fit


@pytest.mark.parametrize(
    ("n_train", "validation_split", "batch_size", "n_batches"),
    [
        (60_000, 0.2, 128, 375),  # 48,000 = 375 x 128
        (60_000, 0.0, 128, 469),  # 468 full batches and one of 96 images
        (100, 0.0, 100, 1),
        (101, 0.0, 100, 2),
        (100, 0.0, 10_000, 1),
    ],
)
def test_a_smaller_last_batch_is_a_batch_too(n_train, validation_split, batch_size, n_batches):
    config = TrainingConfig(
        n_train=n_train, validation_split=validation_split, batch_size=batch_size
    )

    assert config.n_batches == n_batches
