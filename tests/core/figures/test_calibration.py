"""Confidence against accuracy: what the figures are given is what they draw."""

import numpy as np
import pytest

from mnist_core.evaluation.answers import Answers, evaluate
from mnist_core.evaluation.calibration import reliability, sure_answers, sure_answers_curve
from mnist_core.evaluation.chance import accuracy_interval
from mnist_core.figures import calibration

RELIABILITY_WORDS = calibration.ReliabilityWords(
    confidence="Confidence",
    accuracy="Accuracy",
    diagonal="as sure as it is right",
    counts="Images: %{text}",
    hover="{n} at {confidence}: {accuracy} ({low} to {high})",
)
SURE_ANSWERS_WORDS = calibration.SureAnswersWords(
    answered="Answered",
    accuracy="Accuracy",
    label="at least 80% sure",
    hover="from {threshold}: {answered}, {accuracy}",
)


def answers(confidences: list[float], hits: list[bool]) -> Answers:
    probabilities = np.zeros((len(hits), 10), np.float32)
    probabilities[:, 3] = confidences
    return evaluate(probabilities, np.where(hits, 3, 5))


RESULT = answers([0.75, 0.75, 0.75, 0.75, 0.95, 1.0], [True, False, False, True, True, True])


def test_each_filled_bin_is_a_point_with_its_interval_and_its_count():
    figure = calibration.reliability_figure(reliability(RESULT), words=RELIABILITY_WORDS)

    diagonal, points, counts = figure.data
    assert (list(diagonal.x), list(diagonal.y)) == ([0, 1], [0, 1])
    assert list(points.x) == pytest.approx([0.75, 0.975])
    assert list(points.y) == [0.5, 1]
    few, all_right = accuracy_interval(2, 4), accuracy_interval(2, 2)
    ends = points.y + points.error_y.array, points.y - points.error_y.arrayminus
    assert list(ends[0]) == pytest.approx([few.high, all_right.high])
    assert list(ends[1]) == pytest.approx([few.low, all_right.low])
    assert list(counts.text) == ["4", "2"]
    assert list(counts.x) == pytest.approx([0.75, 0.95])
    assert points.hovertemplate[0] == "4 at 75.0%: 50.0% (15.0% to 85.0%)<extra></extra>"


def test_the_axes_of_reliability_have_titles_and_show_the_whole_scale():
    figure = calibration.reliability_figure(reliability(RESULT), words=RELIABILITY_WORDS)

    for axis, title in ((figure.layout.xaxis, "Confidence"), (figure.layout.yaxis, "Accuracy")):
        assert axis.title.text == title
        assert axis.range[0] <= 0
        assert axis.range[1] >= 1
    assert [each.text for each in figure.layout.annotations] == ["as sure as it is right"]


def curve_figure(threshold: float):
    return calibration.sure_answers_figure(
        sure_answers_curve(RESULT),
        sure_answers(RESULT, [threshold]),
        words=SURE_ANSWERS_WORDS,
    )


def test_the_curve_leads_from_the_surest_to_all_and_marks_the_threshold():
    figure = curve_figure(0.8)

    curve, mark = figure.data
    assert list(curve.x) == pytest.approx([1, 2 / 6, 1 / 6])
    assert list(curve.y) == pytest.approx([4 / 6, 1, 1])
    assert list(curve.customdata) == pytest.approx([0.75, 0.95, 1.0])
    assert (list(mark.x), list(mark.y)) == ([pytest.approx(2 / 6)], [1])
    assert list(mark.text) == ["at least 80% sure"]
    assert figure.layout.xaxis.title.text == "Answered"
    assert figure.layout.yaxis.title.text == "Accuracy"
    low, high = figure.layout.yaxis.range
    assert 0 < low < 4 / 6
    assert high > 1


def test_hovering_over_the_curve_says_a_sentence():
    curve, mark = curve_figure(0.8).data

    expected = "from %{customdata:.2%}: %{x:.2%}, %{y:.2%}<extra></extra>"
    assert curve.hovertemplate == mark.hovertemplate == expected


def test_a_threshold_that_nothing_reaches_has_no_mark():
    result = answers([0.5], [True])

    figure = calibration.sure_answers_figure(
        sure_answers_curve(result),
        sure_answers(result, [0.8]),
        words=SURE_ANSWERS_WORDS,
    )

    assert len(figure.data[1].x) == 0


def test_one_sure_mistake_does_not_stretch_the_axis():
    result = answers([1.0] + [0.9] * 499, [False] + [True] * 499)

    figure = calibration.sure_answers_figure(
        sure_answers_curve(result),
        sure_answers(result, [0]),
        words=SURE_ANSWERS_WORDS,
    )

    assert 0 in figure.data[0].y
    assert figure.layout.yaxis.range[0] > 0.99
