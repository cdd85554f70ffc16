import numpy as np
import pytest

from mnist_core.settings.activations import ACTIVATIONS

EVERY = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
SUMS = np.linspace(-6, 6, 100, dtype=np.float32)  # 0 is none of them


@pytest.mark.parametrize(
    ("slug", "outputs"),
    [
        ("relu", [0, 0, 2]),
        ("sigmoid", [0.26894142, 0.5, 0.88079708]),
        ("tanh", [-0.76159416, 0, 0.96402758]),
        ("elu", [-0.63212056, 0, 2]),
    ],
)
def test_an_activation_has_the_values_counted_by_hand(slug, outputs):
    z = np.float32([-1, 0, 2])

    np.testing.assert_allclose(ACTIVATIONS[slug].function(z), outputs, rtol=1e-6)


@EVERY
def test_outputs_and_slopes_stay_in_float32(activation):
    outputs = activation.function(SUMS)

    assert outputs.dtype == activation.derivative(outputs).dtype == np.float32


@EVERY
def test_huge_sums_do_not_overflow(activation):
    # Warnings are errors here, so an overflow would be one.
    outputs = activation.function(np.float32([-1e30, 1e30]))

    np.testing.assert_array_equal(outputs, [activation.low, min(activation.high, np.float32(1e30))])


@EVERY
def test_the_slope_at_an_output_is_how_fast_the_output_grows(activation):
    step = np.float32(0.01)
    growth = (activation.function(SUMS + step) - activation.function(SUMS - step)) / (2 * step)

    slopes = activation.derivative(activation.function(SUMS))

    np.testing.assert_allclose(slopes, growth, atol=1e-3)


def test_at_0_relu_is_flat_as_in_tensorflow():
    relu = ACTIVATIONS["relu"]

    assert relu.derivative(relu.function(np.float32([0]))) == 0


@EVERY
def test_a_unit_that_is_switched_off_passes_nothing_on(activation):
    outputs = activation.function(SUMS[SUMS < 0])

    assert activation.switches_off == (not outputs.any())


@EVERY
def test_the_cell_of_the_highest_output_is_brighter_than_that_of_the_lowest(activation):
    dark, bright = activation.greys

    assert 0 < dark < bright <= 255


def test_the_title_of_an_activation_is_the_name_that_keras_has_for_it():
    assert [activation.title for activation in ACTIVATIONS.values()] == list(ACTIVATIONS)
