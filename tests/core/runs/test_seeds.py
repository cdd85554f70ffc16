import dataclasses

import pytest

from mnist_core.runs.run import Run, RunStatus
from mnist_core.runs.seeds import Spread, missing_seeds, same_but_seed, summarise
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.fields import limit_of


def make_run(seed: int, status: RunStatus = RunStatus.FINISHED, name: str = "mine", **settings):
    config = TrainingConfig(seed=seed, **settings)
    return Run(id=f"{name}-{seed}", name=name, config=config, status=status, created_at=0.0)


def test_runs_of_the_same_settings_are_found_one_for_each_seed():
    others = [
        make_run(2),
        make_run(1),
        make_run(2, name="older"),
        make_run(3, RunStatus.RUNNING),
        make_run(4, epochs=7),
    ]

    found = same_but_seed(make_run(0), others)

    assert [run.id for run in found] == ["mine-1", "mine-2", "mine-3"]


@pytest.mark.parametrize("status", [RunStatus.STOPPED, RunStatus.FAILED, RunStatus.INTERRUPTED])
def test_where_a_run_was_ended_is_no_noise(status):
    assert same_but_seed(make_run(0), [make_run(1, status)]) == []


def test_what_was_fine_tuned_is_no_other_seed_of_the_same_settings():
    tuned = dataclasses.replace(make_run(1), base="mlp-512")

    assert same_but_seed(make_run(0), [tuned]) == []
    assert same_but_seed(tuned, [make_run(0), tuned]) == []


def test_the_missing_seeds_follow_that_of_the_run():
    run = make_run(3)

    missing = missing_seeds(run, [run, make_run(5)], n_seeds=5)

    assert missing == [4, 6, 7]


def test_with_enough_seeds_none_is_missing():
    known = [make_run(seed) for seed in (0, 7, 8, 9, 10, 99)]

    assert missing_seeds(known[0], known, n_seeds=5) == []


def test_after_the_largest_seed_comes_0():
    largest = int(limit_of("seed").high)

    missing = missing_seeds(make_run(largest), [make_run(largest)], n_seeds=3)

    assert missing == [0, 1]


def test_the_spread_of_values_is_their_lowest_mean_and_highest():
    assert summarise([0.5, 0.25, 0.75, 0.5]) == Spread(low=0.25, mean=0.5, high=0.75)
    assert summarise([0.5]) == Spread(low=0.5, mean=0.5, high=0.5)
