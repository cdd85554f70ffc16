"""The optimisers: how Keras builds them, and their fused steps."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from mnist_core.settings.choices import OPTIMIZERS
from mnist_core.settings.config import TrainingConfig
from mnist_core.training.quiet import silenced_stderr

with silenced_stderr():
    import keras
    import tensorflow as tf

# Takes the gradient of each trainable variable, and changes the variables by one step.
Step = Callable[[list[tf.Tensor]], None]
_Handles = list[tf.Tensor]  # of the variables that a kernel changes in place


def build_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """Build the optimiser of a config as its entry in `OPTIMIZERS` says.

    Raises:
        KeyError: There is no entry for it.
        AttributeError: Keras has no optimiser of the name that the entry gives.
    """
    optimizer = OPTIMIZERS[config.optimizer]
    build = getattr(keras.optimizers, optimizer.keras)
    return build(learning_rate=config.learning_rate, **optimizer.options)


def fused_update(config: TrainingConfig, model: keras.Sequential) -> Step:
    """Return the step of a config's optimiser: the fused step of its entry, or Keras' own.

    The formulas are those of Keras' optimisers, which take one pass over the memory for each
    term; the state stays in the optimiser's own variables.

    Args:
        config: The config that the model was built from.
        model: A compiled model.

    Raises:
        KeyError: The entry of the optimiser names a fused step that does not exist.
    """
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    fused_step = OPTIMIZERS[config.optimizer].fused_step
    if fused_step is None:
        return _step_of_keras(optimizer)
    # Keras orders them: iterations, learning rate, then the slots.
    slots = [variable.value.handle for variable in optimizer.variables[2:]]
    weights = [variable.value.handle for variable in model.trainable_variables]
    return FUSED_STEPS[fused_step](optimizer, weights, slots)


def _step_of_keras(optimizer: keras.optimizers.Optimizer) -> Step:
    def apply_keras(gradients: list[tf.Tensor]) -> None:
        optimizer.apply(gradients)

    return apply_keras


def _adam(optimizer: keras.optimizers.Adam, weights: _Handles, slots: _Handles) -> Step:
    iterations = optimizer.iterations.value
    learning_rate = optimizer.learning_rate

    # The kernel takes 1 - beta in float32, where it is not the 1 - beta that Keras takes.
    def rounded(beta: float) -> float:
        return float((1 - np.float32(beta)) / (1 - beta))

    def apply_adam(gradients: list[tf.Tensor]) -> None:
        step = tf.cast(iterations.assign_add(1), tf.float32)
        to_keras = math.sqrt(rounded(optimizer.beta_2)) / rounded(optimizer.beta_1)
        # Keras makes the slots of a variable together: first moment, second moment.
        for var, m, v, grad in zip(weights, slots[0::2], slots[1::2], gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=var,
                m=m,
                v=v,
                beta1_power=tf.pow(optimizer.beta_1, step),
                beta2_power=tf.pow(optimizer.beta_2, step),
                lr=learning_rate.value * to_keras,
                beta1=optimizer.beta_1,
                beta2=optimizer.beta_2,
                epsilon=optimizer.epsilon,
                grad=grad,
            )

    return apply_adam


def _momentum(optimizer: keras.optimizers.SGD, weights: _Handles, slots: _Handles) -> Step:
    iterations = optimizer.iterations.value
    learning_rate = optimizer.learning_rate

    def apply_momentum(gradients: list[tf.Tensor]) -> None:
        iterations.assign_add(1)
        for var, accum, grad in zip(weights, slots, gradients, strict=True):
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=var,
                accum=accum,
                lr=learning_rate.value,
                grad=grad,
                momentum=optimizer.momentum,
            )

    return apply_momentum


# The steps that an entry of `OPTIMIZERS` can name; each takes the handles of the weights and of the
# optimiser's slots.
FUSED_STEPS: Final[
    Mapping[str, Callable[[keras.optimizers.Optimizer, _Handles, _Handles], Step]]
] = MappingProxyType({"adam": _adam, "momentum": _momentum})
