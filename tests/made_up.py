"""What the recipes of CONTRIBUTING.md are tried with: entries that the app does not have."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from mnist_core.settings.activations import Activation
from mnist_core.settings.choices import Initializer, Loss, Optimizer
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS
from mnist_core.settings.presets import Preset
from mnist_core.settings.setting import Group, Limit, Setting, Widget

OPTIMIZER: Final = Optimizer(
    title="Made-up optimiser",
    help="It is made up.",
    keras="Adagrad",
    options={"initial_accumulator_value": 0.5},
)
INITIALIZER: Final = Initializer(
    title="Made-up weights", help="They are made up.", keras="Constant", options={"value": 0.01}
)
LOSS: Final = Loss(
    title="Made-up loss", help="It is made up.", keras="mean_squared_error", takes_one_hot=True
)

# Of Klambauer et al. 2017 (arXiv:1706.02515): below 0 it nears -scale * alpha.
_SCALE: Final = np.float32(1.05070098)
_ALPHA: Final = np.float32(1.67326324)
SELU: Final = Activation(
    title="SELU",
    help="It is not in the app.",
    function=lambda z: _SCALE * np.where(z > 0, z, _ALPHA * np.expm1(np.minimum(z, np.float32(0)))),
    derivative=lambda h: np.where(h > 0, _SCALE, h + _SCALE * _ALPHA),
    low=float(-_SCALE * _ALPHA),
    high=math.inf,
)

# Its number of images lies between two stops of the slider.
PRESET: Final = Preset(
    title="Made-up preset",
    description="It is made up.",
    config=TrainingConfig(layers=(HiddenLayer(8),), epochs=1, n_train=150),
)

PATIENCE: Final = dataclasses.replace(
    SETTINGS["patience"],
    title="Made-up patience",
    help="It is made up.",
    limit=Limit(0, 7),
    form="03d",
)

SETTING: Final = Setting(
    title="Made-up setting",
    help="It is made up.",
    group=Group.LEARNING,
    widget=Widget.SLIDER,
    limit=Limit(0, 7),
)
OF_A_LAYER: Final = dataclasses.replace(SETTING, group=Group.LAYER)


@dataclass(frozen=True, slots=True, kw_only=True)
class LongerConfig(TrainingConfig):
    """A config with a setting that the app does not have."""

    made_up: int = 3
