"""Distortions: each does what it says, keeps the digit whole, and can be had again."""

import numpy as np
import pytest

from mnist_core.data.augmentation import Distorter
from mnist_core.settings.config import Augmentation
from mnist_core.settings.fields import limit_of

DISTORTIONS = ("shift", "rotation", "zoom", "elastic")
STRONGEST = Augmentation(**{name: limit_of(name).high for name in DISTORTIONS})


@pytest.fixture(scope="module")
def images(dataset):
    return dataset.train_images[:2_500]  # more than one block


def distort(images, *, seed=(0, 1), **strengths):
    return Distorter(images, Augmentation(**strengths)).distort(seed=seed)


def ink(images):
    """Sum the pixels of each image."""
    return images.sum(axis=(1, 2), dtype=np.int64)


def centre(images):
    """Return the centre of mass (x, y) of each image, shape (2, n)."""
    place = np.arange(28)
    return np.array(
        [(images.sum(axis=1) * place).sum(axis=1), (images.sum(axis=2) * place).sum(axis=1)]
    ) / ink(images)


def size(images):
    """Return the root mean square distance of the ink from its centre."""
    x, y = centre(images)[..., np.newaxis]
    place = np.arange(28)
    squares = (images.sum(axis=1) * (place - x) ** 2).sum(axis=1)
    squares = squares + (images.sum(axis=2) * (place - y) ** 2).sum(axis=1)
    return np.sqrt(squares / ink(images))


@pytest.mark.parametrize("name", DISTORTIONS)
def test_every_distortion_changes_nearly_every_image(name, images):
    distorted = distort(images, **{name: limit_of(name).high / 4})

    assert distorted.shape == images.shape
    assert distorted.dtype == np.uint8
    assert (distorted != images).any(axis=(1, 2)).mean() > 0.9


def test_strength_zero_changes_nothing(images):
    np.testing.assert_array_equal(distort(images), images)


def test_the_images_given_stay_as_they_are(images):
    before = images.copy()

    distort(images, shift=3, elastic=2)

    np.testing.assert_array_equal(images, before)


def test_the_same_seed_gives_the_same_images_and_another_seed_others(images):
    distorter = Distorter(images, STRONGEST)
    first = distorter.distort(seed=(3, 1))

    np.testing.assert_array_equal(distorter.distort(seed=(3, 1)), first)
    assert (distorter.distort(seed=(3, 2)) != first).any(axis=(1, 2)).mean() > 0.9


def test_a_shift_moves_the_ink_at_most_so_far_along_each_axis(images):
    moved = np.abs(centre(distort(images, shift=2)) - centre(images))

    assert moved.max() < 2.05
    for axis in moved:
        assert axis.max() > 1.9
        assert 0.8 < axis.mean() < 1.1  # uniform from -2 to 2


def test_a_rotation_turns_by_at_most_so_many_degrees():
    # A long bar, whose direction is that of its most spread-out axis.
    bar = np.zeros((500, 28, 28), np.uint8)
    bar[:, 13:15, 5:23] = 255

    def direction(image):
        y, x = np.nonzero(image > 128)
        _, vectors = np.linalg.eigh(np.cov(x, y))
        return np.degrees(np.arctan(vectors[1, 1] / vectors[0, 1]))

    degrees = np.array([direction(image) for image in distort(bar, rotation=20)])

    assert np.abs(degrees).max() < 21
    assert degrees.max() > 18
    assert degrees.min() < -18


def test_a_zoom_changes_the_size_at_most_by_so_much(images):
    ratio = size(distort(images, zoom=0.2)) / size(images)

    # Looking between the pixels blurs by a fraction of a pixel, which adds to the size.
    assert 0.79 < ratio.min() < 0.83
    assert 1.1 < ratio.max() < 1.22


def test_an_elastic_distortion_moves_a_dot_by_so_many_pixels_on_average():
    dots = np.zeros((2_000, 28, 28), np.uint8)
    dots[:, 13:15, 13:15] = 255

    x, y = centre(distort(dots, elastic=1.5)) - 13.5

    # A standard deviation; the map is looked up backwards, which adds some noise.
    assert x.std() == pytest.approx(1.5, rel=0.15)
    assert y.std() == pytest.approx(1.5, rel=0.15)


def test_an_elastic_distortion_moves_neighbours_alike_and_distant_points_not():
    def heights(column):
        """Return where a horizontal line, the same in every picture, is found in a column."""
        profile = distorted[:, :, column].astype(float)
        return (profile * np.arange(28)).sum(axis=1) / profile.sum(axis=1)

    line = np.zeros((2_000, 28, 28), np.uint8)
    line[:, 13:15, 2:26] = 255
    distorted = distort(line, elastic=0.6)

    assert np.corrcoef(heights(10), heights(11))[0, 1] > 0.9
    # Noise smoothed with sigma 4: places 16 pixels apart have exp(-(16 / 8)**2) in common.
    assert abs(np.corrcoef(heights(6), heights(22))[0, 1]) < 0.15


@pytest.mark.parametrize("seed", range(3))
def test_no_digit_leaves_the_frame(images, seed):
    # Turning and shifting keep the amount of ink, unless some of it is lost.
    distorted = distort(
        images, shift=limit_of("shift").high, rotation=limit_of("rotation").high, seed=(seed,)
    )

    assert (ink(distorted) / ink(images)).min() > 0.95


def test_even_the_strongest_distortions_keep_every_part_of_the_digit(images):
    # A box as large as the ink; what is left of each of its sides is still there.
    boxes = np.zeros_like(images)
    for image, box in zip(images, boxes, strict=True):
        rows, columns = image.any(axis=1).nonzero()[0], image.any(axis=0).nonzero()[0]
        box[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = 255
    inner = np.zeros_like(boxes)
    inner[:, 1:-1, 1:-1] = boxes[:, 1:-1, 1:-1]
    is_whole = (inner == boxes).all(axis=(1, 2))  # where no ink is on the border already

    distorted = Distorter(boxes[is_whole], STRONGEST).distort(seed=(0,))

    # Full ink on the border would mean that the box goes on beyond it.
    border = np.concatenate(
        [distorted[:, 0], distorted[:, -1], distorted[:, :, 0], distorted[:, :, -1]], axis=1
    )
    assert is_whole.sum() > 2_000
    assert border.max() < 240


def test_an_image_without_ink_stays_empty():
    assert distort(np.zeros((3, 28, 28), np.uint8), shift=3, elastic=2).max() == 0


def test_no_images_at_all_are_no_error():
    assert distort(np.zeros((0, 28, 28), np.uint8), shift=3, elastic=2).shape == (0, 28, 28)
