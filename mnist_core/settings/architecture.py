"""The network that settings describe: its layers, their shapes and parameters."""

from dataclasses import dataclass

from mnist_core.arrays import N_CLASSES, N_INPUTS
from mnist_core.settings.config import TrainingConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSummary:
    """One row of the model summary, as Keras prints it."""

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
