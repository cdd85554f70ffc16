import pytest

from mnist_core.runs.run import Failure, Run, RunStatus
from tests.core.samples import RESULT, TINY_CONFIG


def run_with(**values: object) -> Run:
    defaults = {"id": "abcd1234", "name": "mine", "config": TINY_CONFIG, "created_at": 0.0}
    return Run(**defaults | {"status": RunStatus.QUEUED} | values)


def test_a_failure_says_its_sentence():
    assert str(Failure(template="{path} does not exist", values={"path": "/x"})) == (
        "/x does not exist"
    )


def test_runs_of_the_same_name_are_told_apart_by_their_number():
    assert run_with(number=7).title == "mine #7"


def test_a_baseline_goes_by_its_name_alone():
    assert run_with(name="mlp-512", is_baseline=True).title == "mlp-512"


def test_runs_that_wait_or_are_at_work_have_not_ended():
    unended = {status for status in RunStatus if not run_with(status=status).is_ended}

    assert unended == {RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING}


@pytest.mark.parametrize(
    ("values", "can_go_on"),
    [
        ({"status": RunStatus.FINISHED, "result": RESULT, "has_checkpoint": True}, True),
        ({"status": RunStatus.FINISHED, "result": RESULT}, False),
        ({"status": RunStatus.STOPPED, "result": RESULT, "has_checkpoint": True}, True),
        ({"status": RunStatus.STOPPED}, True),
        ({"status": RunStatus.INTERRUPTED, "has_checkpoint": True}, True),
        ({"status": RunStatus.INTERRUPTED}, True),
        ({"status": RunStatus.FAILED, "failure": Failure(template="killed")}, True),
        (
            {
                "status": RunStatus.FAILED,
                "failure": Failure(template="nan", kind="TrainingDivergedError"),
                "has_checkpoint": True,
            },
            False,
        ),
        ({"status": RunStatus.RUNNING, "has_checkpoint": True}, False),
        ({"status": RunStatus.FINISHED, "has_checkpoint": True, "is_baseline": True}, False),
    ],
)
def test_what_has_ended_and_has_something_to_go_on_from_can_go_on(values, can_go_on):
    assert run_with(**values).can_go_on is can_go_on


def test_states_are_stored_under_names_that_never_change():
    assert [str(status) for status in RunStatus] == [
        "queued",
        "starting",
        "running",
        "finished",
        "stopped",
        "interrupted",
        "failed",
    ]


def test_epochs_done_left_and_measured_are_counted():
    history = {"loss": [2.0], "accuracy": [0.5]}

    run = run_with(history=history, result=RESULT)

    assert (run.n_epochs_done, run.n_epochs_left) == (1, TINY_CONFIG.epochs - 1)
    assert run.n_epochs_measured == len(RESULT.epoch_seconds)
    assert run_with().n_epochs_measured == 0
    assert run_with(history={"loss": [1.0] * 99}).n_epochs_left == 0
