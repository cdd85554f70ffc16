import json
import socket
from pathlib import Path

import numpy as np
import pytest

from mnist_core.data.dataset import (
    DATA_DIRECTORY,
    Dataset,
    load_dataset,
    load_disputed_labels,
    load_preview,
)
from mnist_core.errors import DatasetError

REAL_FILE = DATA_DIRECTORY / "mnist.npz"


@pytest.fixture
def arrays(dataset) -> dict[str, np.ndarray]:
    """The four arrays of the real file, to be spoiled by a test."""
    return {
        "x_train": dataset.train_images,
        "y_train": dataset.train_labels,
        "x_test": dataset.test_images,
        "y_test": dataset.test_labels,
    }


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "mnist.npz"


def assert_refused(path: Path, *, fault: str) -> None:
    with pytest.raises(DatasetError, match=fault) as caught:
        load_dataset(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_there_are_60000_training_and_10000_test_images_of_28_by_28(dataset):
    assert dataset.train_images.shape == (60_000, 28, 28)
    assert dataset.train_labels.shape == (60_000,)
    assert dataset.test_images.shape == (10_000, 28, 28)
    assert dataset.test_labels.shape == (10_000,)


@pytest.mark.parametrize("name", ["train_images", "train_labels", "test_images", "test_labels"])
def test_every_array_holds_bytes_and_is_read_only(dataset, name):
    array = getattr(dataset, name)

    assert array.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0


def test_pixels_use_the_whole_range_from_paper_to_ink(dataset):
    assert (dataset.train_images.min(), dataset.train_images.max()) == (0, 255)
    assert (dataset.test_images.min(), dataset.test_images.max()) == (0, 255)


def test_the_first_test_labels_are_those_of_the_tutorial(dataset):
    first = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0, 6, 9, 0, 1, 5, 9, 7, 3, 4]

    assert dataset.test_labels[:20].tolist() == first


def test_each_digit_is_there_as_often_as_mnist_has_it(dataset):
    n_train = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    n_test = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]

    assert np.bincount(dataset.train_labels).tolist() == n_train
    assert np.bincount(dataset.test_labels).tolist() == n_test


def test_images_and_labels_are_found_by_the_name_of_their_split(small_dataset):
    assert small_dataset.images("train") is small_dataset.train_images
    assert small_dataset.images("test") is small_dataset.test_images
    assert small_dataset.labels("train") is small_dataset.train_labels
    assert small_dataset.labels("test") is small_dataset.test_labels


def test_a_dataset_locks_its_arrays():
    images, labels = np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8)

    small = Dataset(
        train_images=images, train_labels=labels, test_images=images, test_labels=labels
    )

    assert not small.train_images.flags.writeable
    assert not small.test_labels.flags.writeable


def test_loading_opens_no_connection(monkeypatch):
    def refuse(*_args, **_options):
        pytest.fail("the dataset must come from the disk")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert len(load_dataset().test_labels) == 10_000


def test_a_missing_file_is_named(path):
    assert_refused(path, fault="does not exist$")


def test_a_directory_is_no_dataset(tmp_path):
    assert_refused(tmp_path, fault="cannot be read as an npz file: .*directory")


@pytest.mark.parametrize("n_bytes", [0, 1_000, 5_000_000, -1])
def test_a_truncated_file_is_refused(path, n_bytes):
    path.write_bytes(REAL_FILE.read_bytes()[:n_bytes])

    assert_refused(path, fault="cannot be read as an npz file: ")


def test_a_file_that_is_no_zip_is_refused(path):
    path.write_text("<html>404: not found</html>")

    assert_refused(path, fault="cannot be read as an npz file: File is not a zip file$")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_damaged_byte_inside_the_file_is_noticed(path, share):
    content = bytearray(REAL_FILE.read_bytes())
    content[int(share * len(content))] ^= 0xFF
    path.write_bytes(content)

    assert_refused(path, fault="cannot be read as an npz file: |SHA-256 differs")


@pytest.mark.parametrize("missing", ["x_train", "y_train", "x_test", "y_test"])
def test_a_missing_array_is_named(path, missing):
    names = {"x_train", "y_train", "x_test", "y_test"} - {missing}
    np.savez(path, **{name: np.zeros(1, np.uint8) for name in names})

    assert_refused(path, fault=f"is not the MNIST file: it has no array {missing}$")


def test_another_shape_is_refused_before_it_is_read(path, arrays):
    np.savez(path, **arrays | {"x_train": np.zeros((100, 28, 28), np.uint8)})

    assert_refused(
        path,
        fault=r"x_train must be uint8 of shape \(60000, 28, 28\), "
        r"got uint8 of shape \(100, 28, 28\)$",
    )


def test_another_type_of_number_is_refused(path, arrays):
    np.savez(path, **arrays | {"y_train": arrays["y_train"].astype(np.int64)})

    assert_refused(path, fault="y_train must be uint8 .* got int64 of shape")


def test_pickled_objects_are_refused_unread(path, arrays):
    np.savez(path, **arrays | {"y_train": np.full(60_000, None)})

    assert_refused(path, fault="y_train must be uint8 .* got object of shape")


def test_another_order_in_memory_is_refused_and_named(path, arrays):
    np.savez(path, **arrays | {"x_train": np.asfortranarray(arrays["x_train"])})

    assert_refused(path, fault="x_train .*order")


@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
def test_a_single_changed_value_is_noticed(path, arrays, name):
    changed = arrays[name].copy()
    changed.flat[-1] ^= 1
    np.savez(path, **arrays | {name: changed})

    assert_refused(path, fault=rf"the values of {name} are not those of MNIST \(SHA-256 differs\)$")


def test_an_honest_copy_in_another_archive_is_accepted(path, arrays):
    np.savez(path, **arrays)

    np.testing.assert_array_equal(load_dataset(path).test_images, arrays["x_test"])


class TestPreview:
    def test_shows_the_first_test_images_with_their_labels(self, dataset):
        images, labels = load_preview(20)

        np.testing.assert_array_equal(images, dataset.test_images[:20])
        np.testing.assert_array_equal(labels, dataset.test_labels[:20])
        assert images.dtype == labels.dtype == np.uint8

    @pytest.mark.parametrize(
        ("write", "fault"),
        [
            (lambda path: None, "does not exist$"),
            (lambda path: path.write_bytes(b""), "cannot be read as an npz file: "),
            (
                lambda path: path.write_bytes(REAL_FILE.read_bytes()[:-1]),
                "cannot be read as an npz",
            ),
            (lambda path: np.savez(path, y_test=np.zeros(20, np.uint8)), "x_test"),
            (lambda path: np.savez(path, x_test=np.zeros(9), y_test=np.zeros(9)), "cannot be read"),
        ],
        ids=["missing", "empty", "truncated", "without images", "too few images"],
    )
    def test_is_refused_when_the_file_is_damaged(self, path, monkeypatch, write, fault):
        write(path)
        monkeypatch.setattr("mnist_core.data.dataset.DATA_DIRECTORY", path.parent)

        with pytest.raises(DatasetError, match=fault) as caught:
            load_preview(20)
        assert str(path) in str(caught.value)


def test_fifteen_test_labels_are_disputed(dataset):
    disputed = load_disputed_labels()

    assert len({entry.index for entry in disputed}) == 15
    given = [entry.given for entry in disputed]
    assert given == dataset.test_labels[[entry.index for entry in disputed]].tolist()


def test_of_five_raters_fewer_than_three_confirm_a_disputed_label():
    for entry in load_disputed_labels():
        assert entry.votes_given < 3
        assert entry.votes_given + entry.votes_suggested + entry.votes_neither == 5
        assert entry.suggested in range(10)
        assert entry.suggested != entry.given


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is not a list of disputed labels: "),
        ("[]", "is not a list of disputed labels: "),
        ('{"disputed": [{"index": 947}]}', "is not a list of disputed labels: 'given'"),
        ('{"disputed": [947]}', "is not a list of disputed labels: "),
    ],
)
def test_a_damaged_list_of_disputed_labels_is_refused(tmp_path, text, fault):
    path = tmp_path / "disputed.json"
    path.write_text(text)

    with pytest.raises(DatasetError, match=f"^{path} {fault}"):
        load_disputed_labels(path)


def test_a_missing_list_of_disputed_labels_is_named(tmp_path):
    path = tmp_path / "disputed.json"

    with pytest.raises(DatasetError, match=f"^{path} does not exist$"):
        load_disputed_labels(path)


def test_disputed_labels_are_read_field_by_field(tmp_path):
    path = tmp_path / "disputed.json"
    votes = {"given": 0, "suggested": 4, "neither": 1}
    entry = {"index": 947, "given": 8, "suggested": 9, "votes": votes}
    path.write_text(json.dumps({"disputed": [entry]}))

    (label,) = load_disputed_labels(path)

    assert (label.index, label.given, label.suggested) == (947, 8, 9)
    assert (label.votes_given, label.votes_suggested, label.votes_neither) == (0, 4, 1)
