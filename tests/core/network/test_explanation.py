"""What a network does with one image."""

import numpy as np
import pytest

from mnist_core.data.preprocessing import normalise
from mnist_core.errors import InvalidImageError
from mnist_core.network.explanation import LayerActivations, explain
from mnist_core.network.forward import Network
from mnist_core.settings.activations import ACTIVATIONS
from tests.core.networks import random_network
from tests.core.samples import TINY_CONFIG, TINY_WEIGHTS

NETWORKS = {
    "no hidden layer": random_network(),
    "one": random_network(40),
    "four": random_network(40, 30, 20, 10),
}


def misread(network, dataset) -> int:
    """Return the row of a test image whose true digit is neither the first nor the second guess."""
    first_two = np.argsort(-network.probabilities(dataset.test_images), axis=1)[:, :2]
    is_wrong = (first_two != dataset.test_labels[:, np.newaxis]).all(axis=1)
    return int(np.flatnonzero(is_wrong)[0])


def test_a_mistake_is_weighed_against_the_true_digit(baseline_networks, dataset):
    network = baseline_networks["mlp-256"]
    row = misread(network, dataset)
    true = int(dataset.test_labels[row])

    explanation = explain(network, dataset.test_images[row], true=true)

    assert explanation.predicted != true
    assert explanation.compared_with == true


@pytest.mark.parametrize("true", [7, None], ids=["a hit", "nobody knows"])
def test_anything_else_is_weighed_against_the_runner_up(true, baseline_networks, dataset):
    explanation = explain(baseline_networks["mlp-256"], dataset.test_images[0], true=true)

    *_, runner_up, predicted = np.argsort(explanation.probabilities)
    assert (explanation.predicted, explanation.compared_with) == (7, runner_up)
    assert predicted == 7


def test_a_runner_up_far_behind_is_still_found():
    # Digit 9 wins by 1,000, so the probabilities of all others are 0; 4 is the next.
    bias = np.float32([0, 1, 2, 3, 9, 5, 6, 7, 8, 1_000])
    network = Network(TINY_CONFIG, (*TINY_WEIGHTS[:3], bias))

    explanation = explain(network, np.zeros((28, 28), np.uint8))

    assert (explanation.predicted, explanation.compared_with) == (9, 4)


def test_the_probabilities_are_those_of_the_network(baseline_networks, dataset):
    network = baseline_networks["mlp-512"]

    explanation = explain(network, dataset.test_images[8])

    np.testing.assert_array_equal(
        explanation.probabilities, network.probabilities(dataset.test_images[8:9])[0]
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_with_relu_evidence_and_biases_add_up_to_the_difference_of_the_logits(name, dataset):
    network = NETWORKS[name]
    image = dataset.test_images[3]
    explanation = explain(network, image)

    # Units that are off change nothing, so without ink only the biases of the others speak.
    is_on = [layer.outputs > 0 for layer in explanation.layers]
    h = np.zeros(784)
    for number, on in enumerate(is_on):
        kernel, bias = network.weights[2 * number : 2 * number + 2]
        h = (h @ kernel + bias) * on
    kernel, bias = network.weights[-2:]
    bias_part = h @ kernel + bias
    logits = network.logits(normalise(image[np.newaxis]))[0]
    predicted, other = explanation.predicted, explanation.compared_with

    assert explanation.evidence.sum() == pytest.approx(
        (logits[predicted] - logits[other]) - (bias_part[predicted] - bias_part[other]), rel=1e-4
    )


def test_pixels_without_ink_are_no_evidence(baseline_networks, dataset):
    image = dataset.test_images[0]

    evidence = explain(baseline_networks["mlp-512"], image).evidence

    assert evidence.shape == (28, 28)
    assert evidence.dtype == np.float32
    assert not evidence[image == 0].any()
    assert evidence[image > 0].any()


def test_more_ink_where_the_evidence_is_positive_makes_the_answer_more_certain(
    baseline_networks, dataset
):
    network = baseline_networks["mlp-512"]
    image = dataset.test_images[8]
    explanation = explain(network, image)
    is_for = explanation.evidence > 0

    without_those_for = network.logits(normalise(np.where(is_for, 0, image)[np.newaxis]))[0]
    without_those_against = network.logits(normalise(np.where(is_for, image, 0)[np.newaxis]))[0]

    def lead(logits):
        return logits[explanation.predicted] - logits[explanation.compared_with]

    assert lead(without_those_for) < lead(network.logits(normalise(image[np.newaxis]))[0])
    assert lead(without_those_against) > lead(without_those_for)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_hidden_layer_shows_its_activations(activation, dataset):
    network = random_network(12, 7, activation=activation)

    layers = explain(network, dataset.test_images[0]).layers

    expected = network.hidden_activations(normalise(dataset.test_images[:1]))
    assert [layer.activation for layer in layers] == [activation] * 2
    for layer, outputs in zip(layers, expected, strict=True):
        np.testing.assert_array_equal(layer.outputs, outputs[0])


def test_a_network_without_hidden_layer_has_no_activations(dataset):
    assert explain(random_network(), dataset.test_images[0]).layers == ()


def test_active_are_the_relu_units_above_zero():
    outputs = np.float32([0, 0.5, 2, 0, 1e-9])

    assert LayerActivations("relu", outputs).n_active == 3
    assert LayerActivations("sigmoid", outputs).n_active is None


@pytest.mark.parametrize(
    "image", [np.zeros((27, 28), np.uint8), np.zeros((28, 28), np.float32)], ids=["size", "kind"]
)
def test_what_is_no_image_is_refused(image):
    with pytest.raises(InvalidImageError, match=r"^images must "):
        explain(NETWORKS["one"], image)
