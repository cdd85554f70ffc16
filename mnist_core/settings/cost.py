"""What a training will take, told before it begins: memory and time. Estimates, not promises.

The constants were measured with networks of 0.4 to 14 million parameters, whose memory they give
within 15 % and whose time within 35 %; `tests/core/settings/test_cost.py` has the measurements.
"""

from typing import Final

from mnist_core.settings.architecture import count_parameters
from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.settings.config import TrainingConfig

_FLOAT_BYTES: Final = 4
# TensorFlow, the images, and what a small network takes.
BASE_BYTES: Final = 950_000_000
# Copies of weights and optimiser: at work, gradients, those being packed for the store.
_STATE_COPIES: Final = 7.5
_BEST_COPIES: Final = 6.5  # more where early stopping keeps the best epoch
_ACTIVATION_COPIES: Final = 2.0

# Forward, backward to the weights and backward to the inputs: a product and a sum each.
_FIT_OPERATIONS: Final = 6
_READ_OPERATIONS: Final = 2
_N_TEST: Final = 10_000
# At this speed of the machine the times below were measured; they change with it.
_GIGAFLOPS: Final = 412.0
_OPERATION_SECONDS: Final = 1 / 350e9  # large products wait for memory
_BATCH_SECONDS: Final = 0.3e-3
_STEP_SECONDS: Final = 1.5e-9  # of the optimiser, for each parameter
_DISTORTION_SECONDS: Final = 8e-6  # for each image
_START_SECONDS: Final = 1.0
_STORING_SECONDS: Final = 0.33e-6  # for each parameter


def memory_bytes(config: TrainingConfig) -> int:
    """Estimate the memory of the process that trains, at its peak, in bytes."""
    state = count_parameters(config) * (1 + OPTIMIZERS[config.optimizer].n_slots)
    copies = _STATE_COPIES + (_BEST_COPIES if config.patience else 0.0)
    n_units = sum(layer.units for layer in config.layers)
    activations = min(config.batch_size, config.n_fit) * n_units
    return BASE_BYTES + round(_FLOAT_BYTES * (copies * state + _ACTIVATION_COPIES * activations))


def seconds(config: TrainingConfig, *, gigaflops: float) -> float:
    """Estimate how long a training takes if no early stopping ends it, in seconds.

    Args:
        config: The settings.
        gigaflops: Speed of the machine in small matrix products of float32 numbers, all cores
            together, in 10^9 operations a second.
    """
    n_parameters = count_parameters(config)
    n_read = config.n_train - config.n_fit + _N_TEST
    operations = n_parameters * (_FIT_OPERATIONS * config.n_fit + _READ_OPERATIONS * n_read)
    steps = config.n_batches * (_BATCH_SECONDS + _STEP_SECONDS * n_parameters)
    distortions = config.n_fit * _DISTORTION_SECONDS if config.augmentation.is_on else 0.0
    epoch = operations * _OPERATION_SECONDS + steps + distortions
    around = _START_SECONDS + _STORING_SECONDS * n_parameters
    return (config.epochs * epoch + around) * _GIGAFLOPS / gigaflops
