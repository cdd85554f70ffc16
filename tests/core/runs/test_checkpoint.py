import dataclasses

import numpy as np
import pytest

from mnist_core import npz
from mnist_core.errors import InvalidCheckpointError
from mnist_core.runs.checkpoint import BegunEpoch, Checkpoint
from tests.core.samples import CHECKPOINT

FULL = dataclasses.replace(
    CHECKPOINT,
    # Twelve: as text, variable_10 would come before variable_2.
    variables=tuple(np.array([number], np.uint32) for number in range(12)),
    begun=BegunEpoch(n_batches=3, loss_sum=0.125, n_correct=17, seconds=0.5),
    best=(np.array([1.5], np.float32), np.array(2, np.int64)),
    patience_from=3,
)


@pytest.mark.parametrize("checkpoint", [CHECKPOINT, FULL], ids=["plain", "full"])
def test_what_is_written_is_read_again(checkpoint):
    read = Checkpoint.from_bytes(checkpoint.to_bytes())

    for field in ("history", "epoch_seconds", "curve", "begun", "patience_from"):
        assert getattr(read, field) == getattr(checkpoint, field)
    assert (read.best is None) == (checkpoint.best is None)
    for ours, theirs in (
        (read.variables, checkpoint.variables),
        (read.best or (), checkpoint.best or ()),
    ):
        assert [array.dtype for array in ours] == [array.dtype for array in theirs]
        for array, expected in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(array, expected)


def test_its_epochs_and_seconds_are_counted():
    assert (CHECKPOINT.n_epochs, CHECKPOINT.seconds) == (1, 0.25)
    assert (FULL.n_epochs, FULL.seconds) == (1, 0.75)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing",
        CHECKPOINT.to_bytes()[:-10],
        npz.pack({"arr_0": np.zeros(3)}),
        npz.pack({"meta": np.array("{}")}),
        npz.pack({"meta": np.array("no JSON")}),
        npz.pack({"meta": np.zeros(3)}),
    ],
    ids=["empty", "text", "cut off", "weights", "no values", "no JSON", "no text"],
)
def test_damaged_bytes_are_one_sentence(content):
    with pytest.raises(InvalidCheckpointError, match=r"^the stored checkpoint cannot be read: "):
        Checkpoint.from_bytes(content)


def test_bytes_of_another_kind_are_told_in_a_few_words():
    message = r"^the stored checkpoint cannot be read: not an npz file$"
    with pytest.raises(InvalidCheckpointError, match=message):
        Checkpoint.from_bytes(b"nothing")
