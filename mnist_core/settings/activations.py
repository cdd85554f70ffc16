"""The activations of hidden layers. One entry says all of an activation."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from mnist_core.arrays import FloatArray
from mnist_core.i18n import N_
from mnist_core.settings.choices import Choice


def relu(z: FloatArray) -> FloatArray:
    """max(z, 0)."""
    return np.maximum(z, np.float32(0))


def sigmoid(z: FloatArray) -> FloatArray:
    """1 / (1 + exp(-z)), by way of tanh, which cannot overflow."""
    activation: FloatArray = np.float32(0.5) * (np.tanh(np.float32(0.5) * z) + np.float32(1))
    return activation


def elu(z: FloatArray) -> FloatArray:
    """Give z where positive, exp(z) - 1 elsewhere (Clevert et al. 2015, arXiv:1511.07289)."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, np.float32(0))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Choice):
    """What a unit makes of the weighted sum of its inputs.

    Attributes:
        function: Sums -> outputs, float32 of the same shape.
        derivative: The slope at each output, from the outputs alone; the same shape.
        low: The lowest output there can be; minus infinity where there is no lowest.
        high: The highest output there can be; infinity where there is no highest.
        switches_off: Whether a unit is off, passing nothing on, for every sum below 0.
        greys: Grey levels, 0..255, of the cells with the lowest and the highest output in the
            strip of outputs.
    """

    function: Callable[[FloatArray], FloatArray]
    derivative: Callable[[FloatArray], FloatArray]
    low: float
    high: float
    switches_off: bool = False
    greys: tuple[int, int] = (34, 255)


# Under the names that Keras has for them, which everybody uses: the titles are the same.
ACTIVATIONS: Final[Mapping[str, Activation]] = MappingProxyType(
    {
        "relu": Activation(
            title="relu",
            help=N_("Passes on a sum above 0, and gives 0 for the rest."),
            function=relu,
            derivative=lambda h: (h > 0).astype(np.float32),  # 0 at 0, as in TensorFlow
            low=0.0,
            high=math.inf,
            switches_off=True,
        ),
        "sigmoid": Activation(
            title="sigmoid",
            help=N_("Squeezes every sum into the range from 0 to 1."),
            function=sigmoid,
            derivative=lambda h: h * (np.float32(1) - h),
            low=0.0,
            high=1.0,
        ),
        "tanh": Activation(
            title="tanh",
            help=N_("Squeezes every sum into the range from -1 to 1."),
            function=np.tanh,
            derivative=lambda h: np.float32(1) - h * h,
            low=-1.0,
            high=1.0,
        ),
        "elu": Activation(
            title="elu",
            help=N_("Passes on a sum above 0; below, it bends smoothly towards -1."),
            function=elu,
            derivative=lambda h: np.minimum(h, np.float32(0)) + np.float32(1),
            low=-1.0,
            high=math.inf,
        ),
    }
)
