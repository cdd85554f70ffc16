"""The words that charts of a training have in common."""

import pytest

from mnist_core.figures.words import METRICS, CurveWords, Metric

WORDS = CurveWords(epoch="e", loss="l", accuracy="a", training="t", validation="v")


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_its_title(metric: Metric):
    assert WORDS.title(metric) == getattr(WORDS, metric)
