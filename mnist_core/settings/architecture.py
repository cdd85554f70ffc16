"""The network that settings describe: its layers, their shapes and parameters, in writing too."""

from dataclasses import dataclass
from typing import Any, Final

from mnist_core.arrays import N_CLASSES, N_INPUTS
from mnist_core.errors import InvalidConfigError
from mnist_core.i18n import N_
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.fields import SETTINGS, in_group
from mnist_core.settings.setting import Group

# How a network without hidden layers is written.
NO_LAYERS: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSummary:
    """One row of the model summary, as Keras prints it.

    Attributes:
        name: Of the layer: `hidden_1`, `dropout_1`, ..., `output`.
        kind: Its class in Keras, `Dense` or `Dropout`.
        output_shape: For any number of images, so the first is None: (None, units).
        n_parameters: Weights and biases together.
    """

    name: str
    kind: str
    output_shape: tuple[None, int]
    n_parameters: int


def layer_summaries(config: TrainingConfig) -> tuple[LayerSummary, ...]:
    """Describe each layer; a dense layer has inputs x units weights and one bias per unit."""
    rows: list[LayerSummary] = []
    n_inputs = N_INPUTS
    for number, layer in enumerate(config.layers, start=1):
        rows.append(_dense_summary(f"hidden_{number}", n_inputs, layer.units))
        if layer.dropout:
            rows.append(
                LayerSummary(
                    name=f"dropout_{number}",
                    kind="Dropout",
                    output_shape=(None, layer.units),
                    n_parameters=0,
                )
            )
        n_inputs = layer.units
    rows.append(_dense_summary("output", n_inputs, N_CLASSES))
    return tuple(rows)


def _dense_summary(name: str, n_inputs: int, units: int) -> LayerSummary:
    return LayerSummary(
        name=name,
        kind="Dense",
        output_shape=(None, units),
        n_parameters=n_inputs * units + units,
    )


def describe_network(config: TrainingConfig) -> str:
    """Write the layer sizes, as in 784-512-10."""
    sizes = [N_INPUTS, *(layer.units for layer in config.layers), N_CLASSES]
    return "-".join(str(size) for size in sizes)


def count_parameters(config: TrainingConfig) -> int:
    """Count the numbers that training adjusts."""
    return sum(row.n_parameters for row in layer_summaries(config))


def read_layers(text: str) -> tuple[HiddenLayer, ...]:
    """Read hidden layers as people write them, such as `256:relu:0.5,256`.

    A comma stands between layers; a colon between the settings of a layer, in the order in which
    the table has them. What follows the units may be left out. `none` is a network without hidden
    layers.

    Raises:
        InvalidConfigError: A layer is not written like this, or a value is outside its limits.
    """
    if text == NO_LAYERS:
        return ()
    return tuple(_read_layer(layer) for layer in text.split(","))


def _read_layer(text: str) -> HiddenLayer:
    parts = text.split(":")
    names = in_group(Group.LAYER)[: len(parts)]
    values: dict[str, Any]
    try:
        # Strict: one part too many is a ValueError as well.
        values = {name: SETTINGS[name].kind(part) for name, part in zip(names, parts, strict=True)}
    except ValueError as error:
        raise InvalidConfigError(
            N_("a hidden layer is written as in 256:relu:0.5, units first, got '{layer}'"),
            layer=text,
        ) from error
    return HiddenLayer(**values)
