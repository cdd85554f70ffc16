import pytest

from mnist_core.runs.diagnosis import Fit, judge_fit
from mnist_core.runs.seeds import Spread, summarise


@pytest.mark.parametrize(
    ("train_accuracy", "test_accuracy", "expected"),
    [
        (0.99, 0.988, Fit.GOOD),
        (0.97, 0.975, Fit.GOOD),
        (0.9961, 0.978, Fit.SLIGHT_OVERFITTING),
        (1.0, 0.89, Fit.OVERFITTING),
        (0.85, 0.60, Fit.UNDERFITTING),
        (0.85, 0.84, Fit.UNDERFITTING),
        (0.1, 0.1, Fit.UNDERFITTING),
    ],
)
def test_the_gap_between_known_and_new_images_judges_the_fit(
    train_accuracy, test_accuracy, expected
):
    assert judge_fit(train_accuracy, test_accuracy) is expected


def test_the_spread_of_values_is_their_lowest_mean_and_highest():
    assert summarise([0.5, 0.25, 0.75, 0.5]) == Spread(low=0.25, mean=0.5, high=0.75)
    assert summarise([0.5]) == Spread(low=0.5, mean=0.5, high=0.5)
