"""The settings in which configs differ."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from mnist_core.settings.architecture import describe_network
from mnist_core.settings.config import HiddenLayer, TrainingConfig

Value = str | float | int | None


def flat_settings(config: TrainingConfig) -> dict[str, Value]:
    """Return every setting under a name of its own, in the order of the config's fields.

    The hidden layers become `network`, as in 784-512-10, and one setting for everything else a
    layer has: its value where all layers agree, else one value a layer, as in `0.5, 0.0`.
    What a setting holds within itself, such as the distortions of the images, stands alone.
    """
    return dict(_walk(config))


def _walk(settings: Any) -> Iterator[tuple[str, Value]]:
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(settings, TrainingConfig) and field.name == "layers":
            yield "network", describe_network(settings)
            yield from _layer_settings(settings.layers)
        elif is_dataclass(value):
            yield from _walk(value)
        else:
            yield field.name, value


def _layer_settings(layers: Sequence[HiddenLayer]) -> Iterator[tuple[str, Value]]:
    for field in fields(HiddenLayer):
        if field.name != "units":  # the network says them
            values = [getattr(layer, field.name) for layer in layers]
            is_one = len(set(values)) == 1
            yield field.name, values[0] if is_one else ", ".join(map(str, values)) or None


def differing_settings(configs: Sequence[TrainingConfig]) -> dict[str, list[Value]]:
    """Return the settings in which configs differ, each with its value in every config."""
    columns = [flat_settings(config) for config in configs]
    names = columns[0] if columns else ()
    values = {name: [column[name] for column in columns] for name in names}
    return {name: row for name, row in values.items() if len(set(row)) > 1}


def unusual_settings(configs: Sequence[TrainingConfig]) -> list[dict[str, Value]]:
    """Return for each config what it sets otherwise than the defaults, where the configs differ."""
    defaults = flat_settings(TrainingConfig())
    differing = differing_settings(configs)
    return [
        {name: row[place] for name, row in differing.items() if row[place] != defaults[name]}
        for place in range(len(configs))
    ]
