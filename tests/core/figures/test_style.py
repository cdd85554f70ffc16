"""Figures: what they are given is what they draw, and every axis has its title."""

import numpy as np
import pytest

from mnist_core.figures.probabilities import probabilities_chart
from mnist_core.figures.style import RUN_COLOURS, run_colours


def test_a_run_keeps_its_colour_in_another_company():
    assert run_colours([4, 9])[1] == run_colours([9])[0]


def test_runs_that_are_compared_have_different_colours():
    n = len(RUN_COLOURS)

    assert len(set(run_colours([1, 1 + n, 2]))) == 3
    assert len(set(run_colours(range(n)))) == n


def test_probabilities_mark_the_highest():
    probabilities = np.array([0.1, 0.7, 0.2])

    chart = probabilities_chart(
        probabilities, titles={"digit": "Digit", "probability": "Probability"}
    )

    assert chart.frame["digit"].tolist() == ["0", "1", "2"]
    assert chart.frame["probability"].tolist() == pytest.approx([0.1, 0.7, 0.2])
    assert chart.frame["is_highest"].tolist() == [False, True, False]
    encoding = chart.spec["layer"][0]["encoding"]
    assert encoding["x"]["title"] == "Probability"
    assert encoding["y"]["title"] == "Digit"
