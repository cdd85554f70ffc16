"""The optimisers: how Keras builds them, and their fused steps."""

import math
from collections.abc import Callable

import numpy as np

from mnist_core.settings.config import TrainingConfig
from mnist_core.training.quiet import silenced_stderr

with silenced_stderr():
    import keras
    import tensorflow as tf


def build_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """Build the optimiser of a config."""
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(config.learning_rate, momentum=0.9)
    if config.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(config.learning_rate)
    return keras.optimizers.Adam(config.learning_rate)


def fused_update(model: keras.Sequential) -> Callable[[list[tf.Tensor]], None]:
    """Return the optimiser's update as one kernel a variable.

    The formulas are those of Keras' optimisers, which take one pass over the memory for each
    term; the state stays in the optimiser's own variables, which Keras orders
    iterations, learning rate, then the slots.
    """
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    iterations = optimizer.iterations.value
    learning_rate = optimizer.learning_rate
    weights = [variable.value.handle for variable in model.trainable_variables]
    slots = [variable.value.handle for variable in optimizer.variables[2:]]

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

    def apply_keras(gradients: list[tf.Tensor]) -> None:
        optimizer.apply(gradients)

    if isinstance(optimizer, keras.optimizers.Adam):
        return apply_adam
    if isinstance(optimizer, keras.optimizers.SGD):
        return apply_momentum
    return apply_keras
