import dataclasses
import json

import pytest

from mnist_core.records import Failure, Progress, Result, Run, RunStatus
from tests.core.samples import PROGRESS, RESULT, TINY_CONFIG


def run_with(**values: object) -> Run:
    defaults = {"id": "abcd1234", "name": "mine", "config": TINY_CONFIG, "created_at": 0.0}
    return Run(**defaults | {"status": RunStatus.QUEUED} | values)


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
    result = dataclasses.replace(RESULT, validation_accuracy=validation_accuracy)

    assert Result.from_dict(json.loads(json.dumps(result.to_dict()))) == result


def test_a_failure_says_its_sentence():
    assert str(Failure(template="{path} does not exist", values={"path": "/x"})) == (
        "/x does not exist"
    )


def test_runs_of_the_same_name_are_told_apart_by_their_number():
    assert run_with(number=7).title == "mine #7"


def test_a_baseline_goes_by_its_name_alone():
    assert run_with(name="mlp-512", is_baseline=True).title == "mlp-512"


def test_finished_stopped_and_failed_runs_have_ended():
    ended = {status for status in RunStatus if run_with(status=status).is_ended}

    assert ended == {RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.FAILED}


def test_states_are_stored_under_names_that_never_change():
    assert [str(status) for status in RunStatus] == [
        "queued",
        "starting",
        "running",
        "finished",
        "stopped",
        "failed",
    ]
