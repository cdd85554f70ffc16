"""What a network does with one image: its answer, the evidence for it, its hidden activations."""

from dataclasses import dataclass

import numpy as np

from mnist_core.arrays import IMAGE_SIZE, N_CLASSES, FloatArray, Images
from mnist_core.data.preprocessing import normalise
from mnist_core.network.forward import Network
from mnist_core.settings.activations import ACTIVATIONS


@dataclass(frozen=True, slots=True)
class LayerActivations:
    """What the units of one hidden layer answer to an image.

    Attributes:
        activation: Name of the activation function, as in `activations.ACTIVATIONS`.
        outputs: One value a unit, float32, shape (units,).
    """

    activation: str
    outputs: FloatArray

    @property
    def n_active(self) -> int | None:
        """Units with an output above 0; None where the activation never switches a unit off."""
        if not ACTIVATIONS[self.activation].switches_off:
            return None
        return int(np.count_nonzero(self.outputs > 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a network reads an image as it does.

    Attributes:
        predicted: The most probable digit.
        compared_with: The digit that the evidence weighs it against: the true one of a mistake,
            else the runner-up.
        probabilities: float32, shape (10,), sum 1.
        evidence: How much each pixel speaks for the predicted digit (above 0) or for the other
            one (below 0), in logits, float32, shape (28, 28).
        layers: Activations of each hidden layer in turn.
    """

    predicted: int
    compared_with: int
    probabilities: FloatArray
    evidence: FloatArray
    layers: tuple[LayerActivations, ...]


def explain(network: Network, image: Images, *, true: int | None = None) -> Explanation:
    """Explain the answer to one uint8 image of shape (28, 28).

    The evidence is gradient times input (Shrikumar et al. 2016, arXiv:1605.01713), for the logit
    of the predicted digit minus that of the other. With ReLU, or without hidden layers, the
    evidence of all pixels and the part of the biases add up to exactly this difference.

    Args:
        network: The network that answers.
        image: The image.
        true: Its true digit; None where it is unknown.

    Raises:
        InvalidImageError: The image is not uint8 of shape (28, 28).
    """
    images = image[np.newaxis]
    x = normalise(images)
    probabilities = network.probabilities(images)[0]
    predicted = int(probabilities.argmax())
    compared_with = true
    if compared_with is None or compared_with == predicted:
        compared_with = _runner_up(network.logits(x)[0], predicted)
    return Explanation(
        predicted=predicted,
        compared_with=compared_with,
        probabilities=probabilities,
        evidence=_evidence(network, x, predicted, compared_with),
        layers=tuple(
            LayerActivations(layer.activation, outputs[0])
            for layer, outputs in zip(
                network.config.layers, network.hidden_activations(x), strict=True
            )
        ),
    )


def _runner_up(logits: FloatArray, predicted: int) -> int:
    # By logits: probabilities that are far behind are all 0 in float32.
    return int(np.where(np.arange(N_CLASSES) == predicted, -np.inf, logits).argmax())


def _evidence(network: Network, x: FloatArray, predicted: int, other: int) -> FloatArray:
    logit_weights = np.zeros(N_CLASSES, dtype=np.float32)
    logit_weights[predicted], logit_weights[other] = 1, -1
    evidence = x * network.input_gradient(x, logit_weights)
    return evidence.reshape(IMAGE_SIZE, IMAGE_SIZE)
