import io

import numpy as np
import pytest

from mnist_core.data.preprocessing import normalise
from mnist_core.errors import InvalidImageError, InvalidWeightsError
from mnist_core.network.forward import Network, pack_weights, softmax, unpack_weights
from mnist_core.settings.activations import ACTIVATIONS
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.presets import PRESETS
from tests.core.samples import TINY_CONFIG, TINY_WEIGHTS


def network_and_model(config):
    """Return our network and the Keras model with the same weights, its biases not zero."""
    from mnist_core.training.keras_model import build_model, weights_of

    model = build_model(config)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.1, array.shape) for array in model.get_weights()])
    return Network(config, weights_of(model)), model


def keras_layer_outputs(model, x) -> list[np.ndarray]:
    outputs = []
    for layer in model.layers:
        x = layer(x, training=False)
        outputs.append(np.asarray(x))
    return outputs


@pytest.mark.parametrize("slug", PRESETS)
def test_a_trained_preset_predicts_what_keras_predicts(slug, trained_models, dataset):
    from mnist_core.training.keras_model import weights_of

    model = trained_models[slug]
    images = dataset.test_images[:1_000]

    probabilities = Network(PRESETS[slug].config, weights_of(model)).probabilities(images)

    expected = np.asarray(model(normalise(images), training=False))
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation_is_that_of_keras_in_every_hidden_layer(activation, dataset):
    layers = (HiddenLayer(32, activation), HiddenLayer(16, activation))
    network, model = network_and_model(TrainingConfig(layers=layers))
    images = dataset.test_images[:100]

    hidden = network.hidden_activations(normalise(images))

    *expected_hidden, expected = keras_layer_outputs(model, normalise(images))
    assert [array.shape for array in hidden] == [(100, 32), (100, 16)]
    for array, expected_array in zip(hidden, expected_hidden, strict=True):
        np.testing.assert_allclose(array, expected_array, rtol=0, atol=1e-5)
    np.testing.assert_allclose(network.probabilities(images), expected, rtol=0, atol=1e-5)


def test_a_network_without_hidden_layer_predicts_what_keras_predicts(dataset):
    network, model = network_and_model(TrainingConfig(layers=()))
    images = dataset.test_images[:100]

    expected = np.asarray(model(normalise(images), training=False))
    np.testing.assert_allclose(network.probabilities(images), expected, rtol=0, atol=1e-5)
    assert network.hidden_activations(normalise(images)) == ()


def test_images_of_several_batches_each_get_their_own_answer(dataset):
    network, model = network_and_model(TINY_CONFIG)
    images = dataset.test_images[:4_100]

    probabilities = network.probabilities(images)

    expected = np.asarray(model(normalise(images), training=False))
    assert probabilities.shape == (4_100, 10)
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=1e-5)


def test_probabilities_are_float32_and_each_row_sums_to_one(baseline_networks, dataset):
    probabilities = baseline_networks["mlp-256"].probabilities(dataset.test_images[:100])

    assert probabilities.dtype == np.float32
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=0, atol=1e-6)


def keras_input_gradient(model, x, logit_weights) -> np.ndarray:
    """Differentiate the sum of the weighted logits by TensorFlow's own means."""
    import tensorflow as tf

    *hidden, output = model.layers
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        h = inputs
        for layer in hidden:
            h = layer(h, training=False)
        total = tf.reduce_sum((h @ output.kernel + output.bias) * logit_weights)
    return tape.gradient(total, inputs).numpy()


LOGIT_WEIGHTS = np.float32([0, 0, 1, 0, -1, 0, 0.5, 0, 0, 0])


def check_gradient(network, model, images):
    x = normalise(images)

    gradient = network.input_gradient(x, LOGIT_WEIGHTS)

    expected = keras_input_gradient(model, x, LOGIT_WEIGHTS)
    assert gradient.shape == x.shape
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("slug", PRESETS)
def test_the_gradient_of_a_trained_preset_is_that_of_tensorflow(slug, trained_models, dataset):
    from mnist_core.training.keras_model import weights_of

    model = trained_models[slug]

    check_gradient(Network(PRESETS[slug].config, weights_of(model)), model, dataset.test_images[:9])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("n_layers", range(5))
def test_the_gradient_of_each_activation_is_that_of_tensorflow(n_layers, activation, dataset):
    layers = tuple(HiddenLayer(units, activation) for units in (32, 24, 16, 12)[:n_layers])

    check_gradient(*network_and_model(TrainingConfig(layers=layers)), dataset.test_images[:9])


def test_logits_are_what_the_softmax_makes_probabilities_of(baseline_networks, dataset):
    network = baseline_networks["mlp-256"]
    images = dataset.test_images[:20]

    np.testing.assert_array_equal(
        softmax(network.logits(normalise(images))), network.probabilities(images)
    )


def test_a_network_counted_by_hand():
    # Two inputs have ink: 1.0 and 0.2. The hidden units get 1.2 * 0.5 + 0.1 and 1.2 * 0.5 - 0.1.
    images = np.zeros((1, 28, 28), np.uint8)
    images[0, 0, :2] = [255, 51]
    network = Network(TINY_CONFIG, TINY_WEIGHTS)

    (hidden,) = network.hidden_activations(normalise(images))
    (probabilities,) = network.probabilities(images)

    np.testing.assert_allclose(hidden, [[0.7, 0.5]], rtol=1e-6)
    # The hidden layer adds -0.3 to every digit, so the biases 0..9 alone decide.
    powers = np.exp(np.arange(10))
    np.testing.assert_allclose(probabilities, powers / powers.sum(), rtol=1e-5)


def test_no_image_gives_no_answer():
    network = Network(TINY_CONFIG, TINY_WEIGHTS)

    assert network.probabilities(np.zeros((0, 28, 28), np.uint8)).shape == (0, 10)


@pytest.mark.parametrize(
    "images", [np.zeros((28, 28), np.uint8), np.zeros((3, 28, 28), np.float32)]
)
def test_what_are_no_images_is_refused(images):
    with pytest.raises(InvalidImageError, match=r"^images must "):
        Network(TINY_CONFIG, TINY_WEIGHTS).probabilities(images)


def test_the_softmax_has_the_values_counted_by_hand():
    np.testing.assert_allclose(softmax(np.log([[1, 1, 2]])), [[0.25, 0.25, 0.5]], rtol=1e-6)


def test_huge_logits_do_not_overflow():
    # Warnings are errors here, so an overflow would be one.
    np.testing.assert_array_equal(softmax(np.float32([[-1e30, 0, 1e30]])), [[0, 0, 1]])


@pytest.mark.parametrize(
    "weights",
    [
        (),
        TINY_WEIGHTS[:2],
        TINY_WEIGHTS + TINY_WEIGHTS[2:],
        (TINY_WEIGHTS[0].T, *TINY_WEIGHTS[1:]),
        (TINY_WEIGHTS[1], TINY_WEIGHTS[0], *TINY_WEIGHTS[2:]),
    ],
)
def test_weights_of_another_network_are_refused_with_both_shapes_named(weights):
    message = (
        r"^the weights do not fit the network: "
        r"expected \[\(784, 2\), \(2,\), \(2, 10\), \(10,\)\], got \["
    )

    with pytest.raises(InvalidWeightsError, match=message):
        Network(TINY_CONFIG, weights)


def test_the_weights_of_a_network_cannot_be_changed():
    network = Network(TINY_CONFIG, TINY_WEIGHTS)

    for array in network.weights:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_weights_survive_packing_to_the_bit():
    unpacked = unpack_weights(pack_weights(TINY_WEIGHTS))

    assert [array.dtype for array in unpacked] == [np.float32] * 4
    assert len(unpacked) == len(TINY_WEIGHTS)
    for array, expected in zip(unpacked, TINY_WEIGHTS, strict=True):
        np.testing.assert_array_equal(array, expected)


def test_more_than_ten_arrays_keep_their_order():
    weights = [np.float32([number]) for number in range(12)]

    assert [float(array[0]) for array in unpack_weights(pack_weights(weights))] == list(range(12))


def npz_bytes(*arrays: np.ndarray, **named: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, *arrays, **named)
    return buffer.getvalue()


def npy_bytes(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"these are no weights",
        pack_weights(TINY_WEIGHTS)[:-1],
        pack_weights(TINY_WEIGHTS)[:500],
        npz_bytes(np.array([None])),
        npz_bytes(kernel=np.zeros(2)),
        npy_bytes(np.zeros(2)),
    ],
    ids=["empty", "text", "one byte short", "cut", "objects", "other names", "one array"],
)
def test_bytes_that_are_no_weights_are_refused(content):
    with pytest.raises(InvalidWeightsError, match=r"^the stored weights cannot be read: "):
        unpack_weights(content)


def test_whatever_byte_is_damaged_the_weights_are_refused_or_whole():
    whole = pack_weights([np.float32([1.5, -2.5])])
    for position in range(len(whole)):
        for mask in (0x01, 0x08, 0x40, 0xFF):
            damaged = bytearray(whole)
            damaged[position] ^= mask
            try:
                (array,) = unpack_weights(bytes(damaged))
            except InvalidWeightsError:
                continue
            # Some bytes, such as the time of a zip member, mean nothing.
            np.testing.assert_array_equal(array, [1.5, -2.5])
