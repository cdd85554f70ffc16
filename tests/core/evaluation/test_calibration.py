import math

import numpy as np
import pytest

from mnist_core.evaluation.answers import Answers, evaluate
from mnist_core.evaluation.calibration import (
    Calibration,
    reliability,
    sure_answers,
    sure_answers_curve,
)


def answers(confidences: list[float], hits: list[bool]) -> Answers:
    """Answers with these confidences, of which these are right."""
    probabilities = np.zeros((len(hits), 10), np.float32)
    probabilities[:, 3] = confidences
    return evaluate(probabilities, np.where(hits, 3, 5))


def random_result(seed: int) -> Answers:
    """Answers of which many share a confidence, some of them on the edge of a bin."""
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 120))
    levels = np.concatenate((np.arange(1, 11) / 10, random.random(5)))
    return answers(list(random.choice(levels, n)), list(random.random(n) < random.random()))


def test_answers_are_binned_by_their_confidence():
    result = answers([0.75, 0.78, 0.95, 1.0, 0.25], [True, False, True, True, False])

    bins = reliability(result)

    assert bins.counts.tolist() == [0, 0, 1, 0, 0, 0, 0, 2, 0, 2]
    assert bins.n_correct.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 2]
    assert bins.confidence[[2, 7, 9]] == pytest.approx([0.25, 0.765, 0.975])
    assert bins.accuracy[[2, 7, 9]].tolist() == [0, 0.5, 1]
    assert bins.mean_confidence == pytest.approx((0.75 + 0.78 + 0.95 + 1 + 0.25) / 5)


def test_an_empty_bin_claims_nothing():
    bins = reliability(answers([0.95], [True]))

    assert np.isnan(bins.confidence[:9]).all()
    assert np.isnan(bins.accuracy[:9]).all()


def test_the_upper_edge_belongs_to_a_bin_and_the_lower_does_not():
    assert reliability(answers([0.5], [True])).counts.tolist() == [0] * 4 + [1] + [0] * 5
    assert reliability(answers([0.0], [True])).counts[0] == 1
    assert reliability(answers([1.0], [True])).counts[9] == 1


def test_the_calibration_error_weighs_each_bin_by_its_answers():
    # Three answers at 0.9, two of them right, and one at 0.6, right.
    result = answers([0.9, 0.9, 0.9, 0.6], [True, True, False, True])

    error = reliability(result).calibration_error

    assert error == pytest.approx(3 / 4 * (0.9 - 2 / 3) + 1 / 4 * (1 - 0.6))


def test_what_is_right_as_often_as_it_is_sure_has_no_calibration_error():
    result = answers([0.75] * 4 + [1.0] * 2, [True, True, True, False, True, True])

    assert reliability(result).calibration_error == pytest.approx(0)


@pytest.mark.parametrize("seed", range(50))
def test_the_bins_are_those_of_a_plain_loop(seed: int):
    result = random_result(seed)
    bins = reliability(result)

    error = 0.0
    for i in range(10):
        low, high = i / 10, (i + 1) / 10
        inside = [
            (float(confidence), bool(hit))
            for confidence, hit in zip(result.confidence, result.is_correct, strict=True)
            if low < confidence.astype(float) <= high
        ]
        assert bins.counts[i] == len(inside)
        if inside:
            confidence = sum(each for each, _hit in inside) / len(inside)
            accuracy = sum(hit for _each, hit in inside) / len(inside)
            assert bins.confidence[i] == pytest.approx(confidence)
            assert bins.accuracy[i] == pytest.approx(accuracy)
            error += len(inside) / len(result) * abs(confidence - accuracy)
    assert bins.calibration_error == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize(
    ("confidence", "n_right", "expected"),
    [
        (0.99, 90, Calibration.OVERCONFIDENT),
        (0.92, 90, Calibration.FITTING),
        (0.85, 90, Calibration.FITTING),
        (0.70, 90, Calibration.UNDERCONFIDENT),
        (1.0, 100, Calibration.FITTING),
    ],
)
def test_it_is_too_sure_only_beyond_what_chance_makes_of_its_accuracy(
    confidence: float, n_right: int, expected: Calibration
):
    result = answers([confidence] * 100, [True] * n_right + [False] * (100 - n_right))

    assert reliability(result).calibration is expected


def test_without_answers_no_bin_is_filled():
    bins = reliability(answers([], []))

    assert bins.counts.tolist() == [0] * 10
    assert (bins.mean_confidence, bins.calibration_error) == (0, 0)
    assert bins.calibration is Calibration.FITTING


def test_a_network_that_answers_only_when_sure_answers_less_and_is_right_more():
    result = answers([0.5, 0.75, 0.75, 1.0], [False, False, True, True])

    sure = sure_answers(result, [0, 0.75, 0.8, 1])

    assert sure.answered.tolist() == [1, 0.75, 0.25, 0.25]
    assert sure.accuracy == pytest.approx([0.5, 2 / 3, 1, 1])


def test_where_nothing_is_answered_there_is_no_accuracy():
    sure = sure_answers(answers([0.5], [True]), [0.6])

    assert sure.answered.tolist() == [0]
    assert math.isnan(sure.accuracy[0])


@pytest.mark.parametrize("seed", range(50))
def test_what_is_sure_enough_is_what_a_filter_keeps(seed: int):
    result = random_result(seed)
    thresholds = [i / 20 for i in range(21)]

    sure = sure_answers(result, thresholds)

    for i, threshold in enumerate(thresholds):
        kept = result.at_least(threshold)
        assert sure.answered[i] == pytest.approx(len(kept) / len(result))
        assert len(kept) == 0 or sure.accuracy[i] == pytest.approx(kept.accuracy)


def test_the_curve_has_every_confidence_once():
    curve = sure_answers_curve(answers([0.5, 0.75, 0.75, 1.0], [False, False, True, True]))

    assert curve.thresholds.tolist() == [0.5, 0.75, 1.0]
    assert curve.answered.tolist() == [1, 0.75, 0.25]
    assert curve.accuracy == pytest.approx([0.5, 2 / 3, 1])


def test_a_curve_of_many_answers_is_thinned_between_its_ends():
    random = np.random.default_rng(0)
    stated = random.random(60_000)
    result = answers(list(stated), list(random.random(60_000) < stated))

    curve = sure_answers_curve(result, n_points=50)

    assert len(curve.thresholds) == 50
    assert curve.answered[0] == 1
    assert curve.answered[-1] == 1 / 60_000
    assert np.diff(curve.answered).max() < 0
    assert -np.diff(curve.answered).min() < 1.1 / 49
    for threshold, accuracy in zip(curve.thresholds[::7], curve.accuracy[::7], strict=True):
        is_sure = result.confidence.astype(float) >= threshold
        assert accuracy == pytest.approx(result.is_correct[is_sure].mean())


def test_without_answers_there_is_no_curve():
    assert len(sure_answers_curve(answers([], [])).thresholds) == 0
