"""Ready settings: those of the tutorials, and ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from mnist_core.i18n import N_
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig


@dataclass(frozen=True, slots=True)
class Preset:
    """A named config to start from; title and description are marked for translation."""

    title: str
    description: str
    config: TrainingConfig


# The settings that the presets of the first tutorial share.
_FIRST_TUTORIAL: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "optimizer": "adam",
        "loss": "categorical_crossentropy",
        "initializer": "normal",
        "epochs": 10,
        "batch_size": 128,
        "validation_split": 0.2,
    }
)


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "mlp-512": Preset(
            N_("Quick: one layer of 512"),
            N_("Five passes over all 60,000 images; it then reads about 98 of 100 new ones right."),
            TrainingConfig(
                layers=(HiddenLayer(512),),
                loss="sparse_categorical_crossentropy",
                epochs=5,
            ),
        ),
        "mlp-256": Preset(
            N_("Classic: one layer of 256"),
            N_("Ten passes, with 12,000 images held back to watch for overfitting."),
            TrainingConfig(layers=(HiddenLayer(256),), **_FIRST_TUTORIAL),
        ),
        "dropout-256": Preset(
            N_("Two layers of 256 with dropout"),
            N_("Deeper, with dropout: half of the first layer's units are silenced in each step."),
            TrainingConfig(
                layers=(HiddenLayer(256, dropout=0.5), HiddenLayer(256)), **_FIRST_TUTORIAL
            ),
        ),
        "dropout-800": Preset(
            N_("Wide: one layer of 800 with dropout"),
            N_("A wide layer that dropout keeps from learning by heart."),
            TrainingConfig(layers=(HiddenLayer(800, dropout=0.5),), **_FIRST_TUTORIAL),
        ),
        "best-mlp": Preset(
            N_("Best: two layers of 800, distorted images"),
            N_(
                "Eighty passes, each over freshly distorted copies of all images, with dropout and "
                "ever smaller steps. It takes some minutes and then reads more than 99 of 100 new "
                "images right."
            ),
            TrainingConfig(
                layers=(HiddenLayer(800, dropout=0.2), HiddenLayer(800, dropout=0.2)),
                epochs=80,
                learning_rate_decay=0.05,
                augmentation=Augmentation(shift=1.0, rotation=8.0, zoom=0.1, elastic=1.2),
            ),
        ),
        "overfit": Preset(
            N_("Overfit on purpose"),
            N_("A large network, only 1,000 images, 40 passes: see it learn them by heart."),
            TrainingConfig(
                layers=(HiddenLayer(512), HiddenLayer(512)),
                n_train=1_000,
                epochs=40,
                validation_split=0.2,
            ),
        ),
    }
)
