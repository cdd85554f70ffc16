"""What the Break-it sliders do to a digit."""

import numpy as np
import pytest

from mnist_core.network.damage import (
    MAX_SHIFT,
    Damage,
    Placement,
    add_noise,
    invert,
    placement,
    probabilities_without_scaling,
    rotate,
    shift,
    slide_map,
    thicken,
    transpose,
)
from mnist_core.network.forward import Network, Reading, reading, softmax
from mnist_core.pictures.ink import stroke_width
from mnist_core.store.baselines import BASELINE_SEEDS


@pytest.fixture
def digit(dataset) -> np.ndarray:
    """A 2."""
    return dataset.test_images[1]


def test_a_shift_moves_every_pixel_and_what_leaves_is_lost(digit):
    moved = shift(digit, right=3, down=-5)

    assert moved.dtype == np.uint8
    np.testing.assert_array_equal(moved[:23, 3:], digit[5:, :25])
    assert not moved[23:].any()
    assert not moved[:, :3].any()


def test_inverting_twice_changes_nothing(digit):
    assert invert(digit)[0, 0] == 255
    np.testing.assert_array_equal(invert(invert(digit)), digit)


def test_transposing_swaps_rows_and_columns(digit):
    assert transpose(digit)[3, 20] == digit[20, 3]
    np.testing.assert_array_equal(transpose(transpose(digit)), digit)


@pytest.mark.parametrize("quarters", [-1, 1, 2, 4])
def test_a_turn_by_right_angles_is_exact_and_counter_clockwise(digit, quarters):
    np.testing.assert_array_equal(rotate(digit, degrees=90 * quarters), np.rot90(digit, quarters))


def test_a_small_turn_leaves_the_middle_where_it_is():
    cross = np.zeros((28, 28), np.uint8)
    cross[13:15] = 255

    turned = rotate(cross, degrees=30)

    assert turned[13:15, 13:15].min() > 200
    assert turned[:8, 24:].any()  # its right end went up
    assert not turned[20:, 24:].any()


@pytest.mark.parametrize("pixels", [-1.0, -0.4, 0.4, 1.0, 2.0])
def test_strokes_become_wider_by_so_many_pixels(pixels):
    bar = np.zeros((28, 28), np.uint8)
    bar[2:26, 12:16] = 255

    row = thicken(bar, pixels=pixels)[14] / 255

    assert row.sum() == pytest.approx(4 + pixels, abs=0.25)


def test_thickening_by_nothing_changes_nothing(digit):
    np.testing.assert_array_equal(thicken(digit, pixels=0), digit)
    assert stroke_width(thicken(digit, pixels=1)) > stroke_width(digit)


def test_noise_has_the_strength_asked_for_and_is_the_same_for_a_seed():
    grey = np.full((28, 28), 128, np.uint8)

    noisy = add_noise(grey, strength=0.1, seed=3)

    assert noisy.astype(float).std() == pytest.approx(25.5, rel=0.1)
    np.testing.assert_array_equal(noisy, add_noise(grey, strength=0.1, seed=3))
    assert (noisy != add_noise(grey, strength=0.1, seed=4)).any()
    np.testing.assert_array_equal(add_noise(grey, strength=0, seed=3), grey)


def test_the_digit_given_stays_as_it_is(digit):
    before = digit.copy()

    for change in (
        shift(digit, right=1),
        invert(digit),
        transpose(digit),
        rotate(digit, degrees=5),
        thicken(digit, pixels=1),
        add_noise(digit, strength=0.1, seed=0),
    ):
        assert change.shape == (28, 28)
        assert change.dtype == np.uint8

    np.testing.assert_array_equal(digit, before)


@pytest.mark.parametrize("slug", BASELINE_SEEDS)
def test_pixels_that_nobody_divided_reach_the_network_255_times_as_large(
    slug, digit, baseline_networks
):
    network = baseline_networks[slug]

    found = probabilities_without_scaling(network, digit)

    x = digit.reshape(1, 784).astype(np.float32)
    np.testing.assert_allclose(found, softmax(network.logits(x))[0])
    assert (found != network.probabilities(digit[np.newaxis])[0]).any()


@pytest.mark.parametrize("slug", BASELINE_SEEDS)
def test_the_slide_map_predicts_the_digit_at_every_shift(slug, digit, baseline_networks):
    network = baseline_networks[slug]

    found = slide_map(network, digit)

    assert found.shape == (13, 13, 10)
    for right in range(-MAX_SHIFT, MAX_SHIFT + 1, 3):
        for down in range(-MAX_SHIFT, MAX_SHIFT + 1, 3):
            moved = shift(digit, right=right, down=down)[np.newaxis]
            np.testing.assert_allclose(
                found[MAX_SHIFT + down, MAX_SHIFT + right],
                network.probabilities(moved)[0],
                atol=1e-5,
            )


def test_no_damage_changes_nothing(digit, baseline_networks):
    network = baseline_networks["mlp-256"]

    np.testing.assert_array_equal(Damage().apply(digit), digit)
    np.testing.assert_array_equal(
        Damage().probabilities(network, digit), network.probabilities(digit[np.newaxis])[0]
    )


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (Damage(transposed=True, right=3), lambda digit: shift(digit.T, right=3)),
        (Damage(transposed=True, turned=90), lambda digit: np.rot90(digit.T)),
        (Damage(thicker=2, down=-9), lambda digit: shift(thicken(digit, pixels=2), down=-9)),
        (Damage(turned=90, down=5), lambda digit: shift(np.rot90(digit), down=5)),
        (Damage(right=10, inverted=True), lambda digit: 255 - shift(digit, right=10)),
    ],
    ids=["transpose, shift", "transpose, turn", "thicken, shift", "turn, shift", "shift, invert"],
)
def test_damage_is_done_in_its_order(damage, expected, digit):
    np.testing.assert_array_equal(damage.apply(digit), expected(digit))


def test_grains_are_on_the_whole_frame_wherever_the_digit_went(digit):
    noisy = Damage(noise=0.3, right=10).apply(digit)

    assert noisy[:, :10].any()
    assert (noisy[:, :10] < 255).any()


def test_stronger_noise_has_the_same_grains(digit):
    weak, strong = (Damage(noise=noise).apply(digit).astype(int) - digit for noise in (0.1, 0.2))

    assert (np.abs(strong) >= np.abs(weak)).all()
    assert (np.sign(strong) == np.sign(weak))[weak != 0].all()


def test_what_nobody_divided_is_the_broken_digit(digit, baseline_networks):
    network = baseline_networks["mlp-256"]

    found = Damage(unscaled=True, inverted=True).probabilities(network, digit)

    np.testing.assert_array_equal(found, probabilities_without_scaling(network, invert(digit)))


def test_scores_too_large_for_numbers_give_no_answer(digit, baseline_networks):
    network = baseline_networks["mlp-256"]
    huge = Network(network.config, tuple(weights * np.float32(1e18) for weights in network.weights))

    found = Damage(unscaled=True).probabilities(huge, digit)

    assert found.shape == (10,)
    assert reading(found) is None


def test_the_most_probable_digit_is_read():
    assert reading(np.array([0.25, 0.0, 0.75], np.float32)) == Reading(2, 0.75)


def test_a_placement_counts_the_places_that_are_read_as_the_middle_is():
    answers = np.full((13, 13), 4)
    answers[MAX_SHIFT, MAX_SHIFT] = answers[0, 3] = answers[12, 12] = 7

    assert placement(np.eye(10, dtype=np.float32)[answers]) == Placement(7, 3, 169)
