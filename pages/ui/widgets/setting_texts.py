"""Settings of a training in words: the title of each, and its value."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from mnist_core.i18n import N_
from mnist_core.runs.run import Run
from mnist_core.settings import differences
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.differences import Value
from mnist_core.settings.fields import SETTINGS
from pages.ui.base.language import _

# All layers together, which are no setting of their own: `network` in `differences.flat_settings`.
NETWORK: Final = N_("Network")


def title(name: str) -> str:
    """Return the title of a setting, or of the network."""
    if name == "network":
        return _(NETWORK)
    return _(SETTINGS[name].title)


def value(name: str, setting: Value) -> str:
    """Write the value of a setting."""
    if setting is None:
        return "–"
    if name == "network":
        return str(setting)
    choices = SETTINGS[name].choices
    if setting in choices:
        return _(choices[str(setting)].title)
    # Layers that differ have a value that is no single choice, as in `relu, tanh`.
    return SETTINGS[name].write(setting)


def listing(settings: Mapping[str, Value], *, without: Collection[str] = ()) -> Sequence[str]:
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
