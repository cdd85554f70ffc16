"""The ten probabilities of an answer as bars."""

import numpy as np
import pytest

from mnist_core.figures.probabilities import ProbabilityWords, probabilities_chart


def test_probabilities_mark_the_highest():
    probabilities = np.array([0.1, 0.7, 0.2])

    chart = probabilities_chart(
        probabilities, words=ProbabilityWords(digit="Digit", probability="Probability")
    )

    assert chart.frame["digit"].tolist() == ["0", "1", "2"]
    assert chart.frame["probability"].tolist() == pytest.approx([0.1, 0.7, 0.2])
    assert chart.frame["is_highest"].tolist() == [False, True, False]
    encoding = chart.spec["layer"][0]["encoding"]
    assert encoding["x"]["title"] == "Probability"
    assert encoding["y"]["title"] == "Digit"
