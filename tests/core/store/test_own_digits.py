import io
import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pytest

from mnist_core.errors import (
    EmptyDrawingError,
    InvalidImageError,
    InvalidLabelsError,
    InvalidOwnDigitsError,
    RunStoreError,
    TooManyDigitsError,
)
from mnist_core.store import own_digits
from mnist_core.store.own_digits import OwnDigits


@pytest.fixture
def own(runs_url):
    own = OwnDigits(runs_url, workspace="mine")
    yield own
    own.close()


def digit(number: int) -> np.ndarray:
    """Return a picture that no other number has."""
    image = np.zeros((28, 28), np.uint8)
    image[5, 5:7] = divmod(number + 1, 256)
    return image


def test_at_first_there_are_none(own):
    kept = own.all()

    assert (own.count(), len(kept)) == (0, 0)
    assert (kept.images.shape, kept.images.dtype) == ((0, 28, 28), np.uint8)
    assert own.label_of(digit(0)) is None


def test_digits_are_kept_oldest_first(own, dataset):
    for index in range(5):
        own.add(dataset.test_images[index], int(dataset.test_labels[index]))

    kept = own.all()

    np.testing.assert_array_equal(kept.images, dataset.test_images[:5])
    np.testing.assert_array_equal(kept.labels, dataset.test_labels[:5])
    assert (kept.labels.dtype, own.count()) == (np.uint8, 5)
    assert own.label_of(dataset.test_images[1]) == 2


def test_what_is_kept_is_there_when_the_app_starts_again(own, runs_url, opened):
    own.add(digit(0), 3)
    own.close()

    assert opened(OwnDigits(runs_url, workspace="mine")).label_of(digit(0)) == 3


def test_another_workspace_has_its_own(own, runs_url, opened):
    other = opened(OwnDigits(runs_url, workspace="theirs"))
    own.add(digit(0), 3)
    (digit_id,) = own.all().ids

    other.add(digit(0), 4)
    other.delete(digit_id)
    other.delete_all()

    assert (own.label_of(digit(0)), other.count()) == (3, 0)
    other.close()


def test_the_same_picture_again_only_changes_its_label(own):
    own.add(digit(0), 3)
    before = own.all()

    own.add(digit(0), 5)

    after = own.all()
    assert after.labels.tolist() == [5]
    assert (after.ids, after.is_test) == (before.ids, before.is_test)


def test_of_each_label_every_second_is_for_checking(own):
    for number, label in enumerate([7, 7, 3, 7, 3, 7, 7]):
        own.add(digit(number), label)

    kept = own.all()

    assert kept.is_test[kept.labels == 7].tolist() == [False, True, False, True, False]
    assert kept.is_test[kept.labels == 3].tolist() == [False, True]
    assert kept.to_learn.labels.tolist() == [7, 3, 7, 7]
    assert kept.to_check.labels.tolist() == [7, 3, 7]


def test_deleting_one_moves_no_other_to_the_other_half(own):
    for number in range(6):
        own.add(digit(number), 7)
    before = own.all()

    own.delete(before.ids[0])
    own.add(digit(6), 7)

    after = own.all()
    assert after.ids[:5].tolist() == before.ids[1:].tolist()
    # The new one fills the half that has become smaller.
    assert after.is_test.tolist() == [True, False, True, False, True, False]


def test_an_id_is_not_given_again(own):
    own.add(digit(0), 7)
    (first,) = own.all().ids
    own.delete(int(first))

    own.add(digit(1), 7)

    assert own.all().ids[0] > first


def test_all_can_be_deleted(own):
    for number in range(3):
        own.add(digit(number), number)

    own.delete_all()

    assert own.count() == 0


@pytest.mark.parametrize(
    ("image", "label", "error", "message"),
    [
        (
            np.ones((1, 28, 28), np.uint8),
            3,
            InvalidImageError,
            r"must be uint8 of shape \(28, 28\)",
        ),
        (np.ones((28, 28), np.float32), 3, InvalidImageError, "got float32"),
        (np.zeros((28, 28), np.uint8), 3, EmptyDrawingError, "there is no ink"),
        (digit(0), 10, InvalidLabelsError, "digits from 0 to 9, got 10"),
        (digit(0), -1, InvalidLabelsError, "digits from 0 to 9, got -1"),
    ],
)
def test_what_is_no_digit_is_refused(own, image, label, error, message):
    with pytest.raises(error, match=message):
        own.add(image, label)

    assert own.count() == 0


def test_there_is_a_limit_that_is_told_in_a_sentence(own, monkeypatch):
    monkeypatch.setattr(own_digits, "MAX_OWN_DIGITS", 2)
    own.add(digit(0), 0)
    own.add(digit(1), 1)

    with pytest.raises(
        TooManyDigitsError, match=r"^no more than 2 digits can be kept: delete some"
    ):
        own.add(digit(2), 2)
    own.add(digit(1), 7)  # another label is no other digit

    assert own.all().labels.tolist() == [0, 7]


def test_the_download_is_a_file_like_that_of_mnist(own, dataset):
    for index in range(20):
        own.add(dataset.test_images[index], int(dataset.test_labels[index]))

    with np.load(io.BytesIO(own.all().to_npz())) as arrays:
        assert list(arrays) == ["x_train", "y_train", "x_test", "y_test"]
        assert {arrays[name].dtype for name in arrays} == {np.dtype(np.uint8)}
        assert arrays["x_train"].shape == (len(arrays["y_train"]), 28, 28)
        n_train, n_test = len(arrays["y_train"]), len(arrays["x_test"])
        assert n_train + n_test == 20 > n_train > n_test > 0
        first = arrays["x_test"][0]
        (row,) = np.flatnonzero((dataset.test_images[:20] == first).all(axis=(1, 2)))
        assert arrays["y_test"][0] == dataset.test_labels[row]


def test_digits_are_found_among_images_by_their_pixels(own):
    for number in range(3):
        own.add(digit(number), 7)

    among = own.all().are_among(np.stack([digit(9), digit(1)]))

    assert among.tolist() == [False, True, False]


def test_visitors_who_keep_digits_at_once_disturb_nobody(runs_url):
    together = threading.Barrier(4)

    def keep(visitor: int) -> None:
        own = OwnDigits(runs_url, workspace="mine")
        together.wait()
        for number in range(20):
            own.add(digit(number if number % 2 else 100 * visitor + number), 7)
        own.close()

    threads = [threading.Thread(target=keep, args=(visitor,)) for visitor in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    own = OwnDigits(runs_url, workspace="mine")
    kept = own.all()
    # 10 that all four had drawn alike, 10 of each alone; halves differ by one at most.
    assert len(kept) == 10 + 4 * 10
    assert kept.is_test.sum() == 25
    own.close()


KEEPER = """
import sys
import numpy as np
from mnist_core.store.own_digits import OwnDigits

own = OwnDigits(sys.argv[1], workspace="mine")
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 50):
    image = np.zeros((28, 28), np.uint8)
    image[0, 0] = number + 1
    own.add(image, 7)
"""


def test_two_servers_keep_digits_in_one_database(own, runs_url):
    servers = [
        subprocess.Popen([sys.executable, "-c", KEEPER, runs_url, first]) for first in ("0", "25")
    ]

    assert [server.wait() for server in servers] == [0, 0]
    kept = own.all()
    assert len(kept) == 75
    assert kept.is_test.sum() == 37


@pytest.mark.file
def test_a_database_from_before_there_were_any_opens_as_it_is(store, own, tmp_path):
    store.list()
    store.close()
    database = sqlite3.connect(tmp_path / "runs.db")
    database.execute("DROP TABLE store_version")
    database.execute("DROP TABLE own_digits")
    database.execute("DROP TABLE fine_tunings")
    database.close()

    own.add(digit(0), 3)

    assert own.count() == 1


@pytest.mark.file
def test_a_database_that_cannot_be_used_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    own = OwnDigits(f"sqlite:///{tmp_path}/file/runs.db", workspace="mine")

    with pytest.raises(RunStoreError, match=r"^the stored runs cannot be reached: "):
        own.count()


@pytest.mark.file
@pytest.mark.parametrize(
    "damage",
    ["pixels = x'0102'", "pixels = zeroblob(2 * 784)", "label = 10", "label = -1"],
    ids=["too few pixels", "too many pixels", "label too high", "label too low"],
)
def test_a_damaged_row_is_a_sentence(own, tmp_path, damage):
    own.add(digit(0), 3)
    own.add(digit(1), 4)
    with sqlite3.connect(tmp_path / "runs.db") as database:
        database.execute(f"UPDATE own_digits SET {damage} WHERE id = 2")
    database.close()

    message = r"^one of the own digits is damaged: row 2 of own_digits in the database$"
    with pytest.raises(InvalidOwnDigitsError, match=message):
        own.all()
