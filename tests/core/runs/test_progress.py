import dataclasses
import json

import pytest

from mnist_core.runs.progress import Progress, Result
from tests.core.samples import PROGRESS, RESULT


@pytest.mark.parametrize(
    ("epoch", "batch", "share"), [(1, 0, 0), (1, 2, 0.25), (1, 4, 0.5), (2, 1, 0.625), (2, 4, 1)]
)
def test_the_share_counts_finished_epochs_and_batches(epoch, batch, share):
    progress = dataclasses.replace(PROGRESS, epoch=epoch, batch=batch)

    assert (progress.n_epochs, progress.n_batches) == (2, 4)
    assert progress.share == share


def test_progress_survives_json():
    assert Progress.from_dict(json.loads(json.dumps(PROGRESS.to_dict()))) == PROGRESS


@pytest.mark.parametrize("validation_accuracy", [None, 0.25])
def test_a_result_survives_json(validation_accuracy):
    result = dataclasses.replace(RESULT, validation_accuracy=validation_accuracy, kept_epoch=2)

    assert Result.from_dict(json.loads(json.dumps(result.to_dict()))) == result


def test_a_result_stored_before_early_stopping_existed_is_read():
    values = RESULT.to_dict()
    del values["kept_epoch"]

    assert Result.from_dict(values) == RESULT
