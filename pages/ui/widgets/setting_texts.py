"""Settings of a training in words: the title of each, and its value."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from mnist_core.i18n import N_
from mnist_core.runs.run import Run
from mnist_core.settings import differences
from mnist_core.settings.choices import INITIALIZERS, LOSSES, OPTIMIZERS
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import Setting
from pages.ui.base.language import _

# Name in `comparison.flat_settings` -> title.
TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "network": N_("Network"),
        "activation": N_("Activation"),
        "dropout": N_("Dropout"),
        "optimizer": N_("Optimiser"),
        "learning_rate": N_("Learning rate"),
        "learning_rate_decay": N_("Learning rate decay"),
        "batch_size": N_("Batch size"),
        "epochs": N_("Epochs"),
        "patience": N_("Early stopping: patience"),
        "validation_split": N_("Validation split"),
        "loss": N_("Loss"),
        "l2": N_("L2 penalty"),
        "initializer": N_("Initial weights"),
        "n_train": N_("Number of training images"),
        "seed": N_("Seed"),
        "shift": N_("Shift, in pixels"),
        "rotation": N_("Rotation, in degrees"),
        "zoom": N_("Zoom"),
        "elastic": N_("Elastic distortion, in pixels"),
    }
)

_CHOICES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"optimizer": OPTIMIZERS, "initializer": INITIALIZERS, "loss": LOSSES}
)


def title(name: str) -> str:
    """Return the title of a setting."""
    return _(TITLES[name])


def value(name: str, setting: Setting) -> str:
    """Write the value of a setting."""
    if setting is None:
        return "–"
    if name in _CHOICES:
        return _(_CHOICES[name][str(setting)])
    if isinstance(setting, int) and name != "seed":
        return f"{setting:,}"
    return f"{setting:g}" if isinstance(setting, float) else str(setting)


def listing(settings: Mapping[str, Setting], *, without: Collection[str] = ()) -> Sequence[str]:
    """Write each setting with its title."""
    return [
        _("{setting}: {value}", setting=title(name), value=value(name, setting))
        for name, setting in settings.items()
        if name not in without
    ]


def beginning(run: Run) -> Sequence[str]:
    """Write what a fine-tuned run began as; nothing for one that began with random weights."""
    return [] if run.base is None else [_("Began as {base}", base=run.base)]


def summary(config: TrainingConfig) -> str:
    """Write the network, the epochs, and what is set otherwise than usual."""
    settings = differences.flat_settings(config)
    usual = differences.flat_settings(TrainingConfig())
    unusual = {name: setting for name, setting in settings.items() if setting != usual[name]}
    always = {name: settings[name] for name in ("network", "epochs")}
    return " · ".join(listing(always | unusual))
