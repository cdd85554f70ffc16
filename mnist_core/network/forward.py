"""A trained network in NumPy: the forward pass and its gradient, without TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mnist_core import npz
from mnist_core.arrays import N_CLASSES, N_INPUTS, FloatArray, Images
from mnist_core.data.preprocessing import normalise
from mnist_core.errors import InvalidWeightsError
from mnist_core.i18n import N_
from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.architecture import layer_summaries
from mnist_core.settings.config import TrainingConfig

# Images taken through the network at once: bounds the memory of a pass over all 70,000.
_BATCH: Final = 2_000


def softmax(z: FloatArray) -> FloatArray:
    """Turn each row into probabilities; the row's maximum is taken off first, against overflow."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Network:
    """A trained multi-layer perceptron.

    Attributes:
        config: The config it was trained from; gives layer sizes and activations.
        weights: Kernel (inputs, units) and bias (units,) of each dense layer in turn, float32.

    Raises:
        InvalidWeightsError: The weights do not fit the config.
    """

    config: TrainingConfig
    weights: tuple[FloatArray, ...]

    def __post_init__(self) -> None:
        expected = _weight_shapes(self.config)
        found = [array.shape for array in self.weights]
        if found != expected:
            raise InvalidWeightsError(
                N_("the weights do not fit the network: expected {expected}, got {found}"),
                expected=expected,
                found=found,
            )
        for array in self.weights:
            array.setflags(write=False)

    def hidden_activations(self, x: FloatArray) -> tuple[FloatArray, ...]:
        """Return the output of each hidden layer, shapes (n, units), for input x (n, 784)."""
        outputs: list[FloatArray] = []
        h = x
        for number, layer in enumerate(self.config.layers):
            kernel, bias = self.weights[2 * number : 2 * number + 2]
            h = ACTIVATIONS[layer.activation].function(h @ kernel + bias)
            outputs.append(h)
        return tuple(outputs)

    def logits(self, x: FloatArray) -> FloatArray:
        """Return the scores before the softmax, shape (n, 10), for input x (n, 784)."""
        kernel, bias = self.weights[-2:]
        last = self.hidden_activations(x)[-1] if self.config.layers else x
        return last @ kernel + bias

    def input_gradient(self, x: FloatArray, logit_weights: FloatArray) -> FloatArray:
        """Say how much a weighted sum of the logits would grow with each input.

        The gradient with respect to the input, as in Simonyan et al. 2013 (arXiv:1312.6034).

        Args:
            x: Input, shape (n, 784).
            logit_weights: Factor of each logit in the sum, shape (10,).

        Returns:
            The gradient of each row's sum with respect to that row, shape (n, 784).
        """
        gradient = np.tile(self.weights[-2] @ logit_weights, (len(x), 1))
        outputs = self.hidden_activations(x)
        for number in reversed(range(len(outputs))):
            activation = ACTIVATIONS[self.config.layers[number].activation]
            slope = activation.derivative(outputs[number])
            gradient = (gradient * slope) @ self.weights[2 * number].T
        return gradient

    def probabilities(self, images: Images) -> FloatArray:
        """Predict uint8 images (n, 28, 28): float32 of shape (n, 10), each row sums to 1.

        Raises:
            InvalidImageError: The images are not uint8 of shape (n, 28, 28).
        """
        result = np.empty((len(images), N_CLASSES), dtype=np.float32)
        for start in range(0, len(images), _BATCH):
            x = normalise(images[start : start + _BATCH])
            result[start : start + _BATCH] = softmax(self.logits(x))
        return result


def _weight_shapes(config: TrainingConfig) -> list[tuple[int, ...]]:
    shapes: list[tuple[int, ...]] = []
    n_inputs = N_INPUTS
    for row in layer_summaries(config):
        if row.kind == "Dense":
            units = row.output_shape[1]
            shapes += [(n_inputs, units), (units,)]
            n_inputs = units
    return shapes


def pack_weights(weights: Sequence[FloatArray]) -> bytes:
    """Write weights as the bytes of an npz file."""
    return npz.pack(dict(zip(_names(len(weights)), weights, strict=True)))


def unpack_weights(content: bytes) -> tuple[FloatArray, ...]:
    """Read what `pack_weights` wrote.

    Raises:
        InvalidWeightsError: The bytes are damaged or of another kind.
    """
    try:
        arrays = npz.unpack(content)
    except ValueError as error:
        raise _unreadable(error) from error
    if list(arrays) != _names(len(arrays)):
        raise _unreadable("no weights")
    return tuple(arrays.values())


def _unreadable(reason: object) -> InvalidWeightsError:
    return InvalidWeightsError(N_("the stored weights cannot be read: {reason}"), reason=reason)


def _names(n_arrays: int) -> list[str]:
    return [f"arr_{number}" for number in range(n_arrays)]


@dataclass(frozen=True, slots=True)
class Reading:
    """The most probable digit, and its probability, 0..1."""

    digit: int
    confidence: float


def reading(probabilities: FloatArray) -> Reading | None:
    """Return the most probable of ten digits; None where a probability is NaN."""
    if np.isnan(probabilities).any():
        return None
    digit = int(probabilities.argmax())
    return Reading(digit, float(probabilities[digit]))
