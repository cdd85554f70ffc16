import numpy as np
import pytest

from mnist_core.data.preprocessing import check_labels, flatten, normalise, one_hot
from mnist_core.errors import InvalidImageError, InvalidLabelsError


@pytest.fixture
def images() -> np.ndarray:
    """Two black images; the second has a bright pixel in row 1, column 2."""
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, 1, 2] = 128
    return images


def test_rows_of_an_image_are_laid_one_after_the_other(images):
    flat = flatten(images)

    assert flat.shape == (2, 784)
    assert flat.dtype == np.uint8
    assert np.flatnonzero(flat[0]).tolist() == []
    assert np.flatnonzero(flat[1]).tolist() == [28 + 2]


def test_pixels_become_shares_of_full_ink():
    images = np.zeros((1, 28, 28), np.uint8)
    images[0, 0, :3] = [0, 51, 255]

    x = normalise(images)

    assert x.shape == (1, 784)
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x[0, :3], np.float32([0.0, 0.2, 1.0]))


def test_normalising_leaves_the_images_as_they_are(images):
    before = images.copy()
    images.setflags(write=False)

    normalise(images)

    np.testing.assert_array_equal(images, before)


def test_a_view_with_gaps_is_normalised_like_its_copy(dataset):
    every_other = dataset.test_images[:10:2]

    np.testing.assert_array_equal(normalise(every_other), normalise(every_other.copy()))


def test_no_image_gives_no_row():
    assert normalise(np.zeros((0, 28, 28), np.uint8)).shape == (0, 784)


@pytest.mark.parametrize("shape", [(28, 28), (784,), (2, 784), (2, 28, 27), (2, 28, 28, 1)])
@pytest.mark.parametrize("function", [flatten, normalise])
def test_images_of_another_shape_are_refused(function, shape):
    message = rf"^images must have the shape \(n, 28, 28\), got \({shape[0]},"

    with pytest.raises(InvalidImageError, match=message):
        function(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", [np.float32, np.int64, bool])
def test_images_that_are_already_normalised_are_refused(dtype):
    name = np.dtype(dtype).name
    message = rf"^images must be whole numbers 0 to 255 \(uint8\), got {name}$"

    with pytest.raises(InvalidImageError, match=message):
        normalise(np.zeros((1, 28, 28), dtype))


@pytest.mark.parametrize(
    ("digit", "row"), [(3, "0001000000"), (7, "0000000100"), (0, "1000000000"), (9, "0000000001")]
)
def test_a_digit_becomes_a_row_with_a_single_one(digit, row):
    (encoded,) = one_hot(np.array([digit], np.uint8))

    assert encoded.dtype == np.float32
    assert "".join(f"{value:.0f}" for value in encoded) == row


def test_there_is_one_row_for_each_label():
    expected = [[0, 0, 1], [1, 0, 0]]

    np.testing.assert_array_equal(one_hot(np.array([2, 0]), n_classes=3), expected)


def test_no_label_gives_no_row_of_ten():
    assert one_hot(np.zeros(0, np.uint8)).shape == (0, 10)


@pytest.mark.parametrize(("labels", "value"), [([0, 10], 10), ([-1, 3], -1), ([0, 11, 12], 11)])
@pytest.mark.parametrize("function", [one_hot, check_labels])
def test_a_label_that_is_no_digit_is_refused_and_named(function, labels, value):
    message = f"^labels must be digits from 0 to 9, got {value}$"

    with pytest.raises(InvalidLabelsError, match=message):
        function(np.array(labels))


def test_with_fewer_classes_fewer_labels_are_allowed():
    with pytest.raises(InvalidLabelsError, match=r"^labels must be digits from 0 to 2, got 3$"):
        one_hot(np.array([3]), n_classes=3)
