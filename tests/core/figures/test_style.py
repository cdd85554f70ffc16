"""The colours of runs."""

from mnist_core.figures.style import RUN_COLOURS, run_colours


def test_a_run_keeps_its_colour_in_another_company():
    assert run_colours([4, 9])[1] == run_colours([9])[0]


def test_runs_that_are_compared_have_different_colours():
    n = len(RUN_COLOURS)

    assert len(set(run_colours([1, 1 + n, 2]))) == 3
    assert len(set(run_colours(range(n)))) == n
