import pytest

from mnist_core.settings.config import Augmentation, HiddenLayer
from mnist_core.settings.presets import PRESETS

FIRST_TUTORIAL = {
    "optimizer": "adam",
    "learning_rate": 0.001,
    "batch_size": 128,
    "epochs": 10,
    "validation_split": 0.2,
    "loss": "categorical_crossentropy",
    "initializer": "normal",
    "n_train": 60_000,
    "seed": 0,
}
PRESET_SETTINGS = {
    "mlp-256": FIRST_TUTORIAL | {"layers": (HiddenLayer(256, "relu", 0.0),)},
    "mlp-512": {
        "layers": (HiddenLayer(512, "relu", 0.0),),
        "optimizer": "adam",
        "learning_rate": 0.001,
        "batch_size": 128,
        "epochs": 5,
        "validation_split": 0.0,
        "loss": "sparse_categorical_crossentropy",
        "n_train": 60_000,
        "seed": 0,
    },
    "dropout-256": FIRST_TUTORIAL
    | {"layers": (HiddenLayer(256, "relu", 0.5), HiddenLayer(256, "relu", 0.0))},
    "dropout-800": FIRST_TUTORIAL | {"layers": (HiddenLayer(800, "relu", 0.5),)},
    "best-mlp": {
        "layers": (HiddenLayer(800, "relu", 0.2), HiddenLayer(800, "relu", 0.2)),
        "optimizer": "adam",
        "learning_rate": 0.001,
        "learning_rate_decay": 0.05,
        "batch_size": 128,
        "epochs": 80,
        "validation_split": 0.0,
        "augmentation": Augmentation(shift=1.0, rotation=8.0, zoom=0.1, elastic=1.2),
        "n_train": 60_000,
        "seed": 0,
    },
    "overfit": {
        "layers": (HiddenLayer(512), HiddenLayer(512)),
        "n_train": 1_000,
        "epochs": 40,
    },
}


def test_there_are_exactly_the_presets_of_the_lesson():
    assert set(PRESETS) == set(PRESET_SETTINGS)


@pytest.mark.parametrize("slug", PRESET_SETTINGS)
def test_a_preset_has_the_settings_of_its_tutorial(slug):
    expected = PRESET_SETTINGS[slug]

    assert {name: getattr(PRESETS[slug].config, name) for name in expected} == expected


def test_presets_are_told_apart_by_title_and_description():
    assert len({preset.title for preset in PRESETS.values()}) == len(PRESETS)
    assert len({preset.description for preset in PRESETS.values()}) == len(PRESETS)
    assert all(preset.title and preset.description for preset in PRESETS.values())
