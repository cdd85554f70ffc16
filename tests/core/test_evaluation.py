import numpy as np
import pytest

from mnist_core.errors import InvalidLabelsError
from mnist_core.evaluation import (
    Confusion,
    Fit,
    Spread,
    class_metrics,
    confusion_matrix,
    evaluate,
    judge_fit,
    summarise,
)


def certain(digits: list[int], confidence: float | list[float] = 0.9) -> np.ndarray:
    """Probabilities of a network that answers these digits, with the given confidence."""
    confidences = np.broadcast_to(confidence, len(digits))
    probabilities = np.repeat((1 - confidences[:, np.newaxis]) / 9, 10, axis=1)
    probabilities[np.arange(len(digits)), digits] = confidences
    return probabilities.astype(np.float32)


def test_rows_are_true_digits_and_columns_predicted_ones():
    counts = confusion_matrix(np.array([0, 1, 1, 2]), np.array([0, 1, 0, 1]), n_classes=3)

    np.testing.assert_array_equal(counts, [[1, 0, 0], [1, 1, 0], [0, 1, 0]])


def test_digits_stored_in_bytes_are_counted_without_overflow():
    # The last of 20 x 20 cells has the number 399, more than a byte holds.
    y = np.full(300, 19, np.uint8)

    counts = confusion_matrix(y, y, n_classes=20)

    assert counts.dtype == np.int64
    assert counts.shape == (20, 20)
    assert counts[19, 19] == counts.sum() == 300


def test_no_prediction_gives_a_matrix_of_zeros():
    empty = np.zeros(0, np.int64)

    np.testing.assert_array_equal(confusion_matrix(empty, empty, n_classes=2), [[0, 0], [0, 0]])


def test_a_single_class_gives_a_single_cell():
    zeros = np.zeros(3, np.int64)

    np.testing.assert_array_equal(confusion_matrix(zeros, zeros, n_classes=1), [[3]])


def test_counting_leaves_the_labels_as_they_are():
    y_true, y_pred = np.array([3, 8], np.uint8), np.array([8, 8])

    confusion_matrix(y_true, y_pred)

    assert (y_true.tolist(), y_pred.tolist()) == ([3, 8], [8, 8])


def test_as_many_predictions_as_labels_are_needed():
    message = "^there must be as many predictions as labels, got 1 for 2$"

    with pytest.raises(InvalidLabelsError, match=message):
        confusion_matrix(np.array([0, 1]), np.array([0]))


@pytest.mark.parametrize(("y_true", "y_pred"), [([0, 12], [0, 1]), ([0, 1], [0, 12])])
def test_a_label_or_prediction_that_is_no_digit_is_refused(y_true, y_pred):
    with pytest.raises(InvalidLabelsError, match=r"^labels must be digits from 0 to 9, got 12$"):
        confusion_matrix(np.array(y_true), np.array(y_pred))


def test_metrics_of_each_class_are_those_counted_by_hand():
    metrics = class_metrics(np.array([[8, 2, 0], [1, 3, 0], [1, 0, 5]]))

    np.testing.assert_allclose(metrics.precision, [8 / 10, 3 / 5, 1])
    np.testing.assert_allclose(metrics.recall, [8 / 10, 3 / 4, 5 / 6])
    np.testing.assert_allclose(metrics.f1, [8 / 10, 2 / 3, 10 / 11])
    np.testing.assert_array_equal(metrics.support, [10, 4, 6])


def test_a_class_that_never_occurs_has_metrics_of_zero():
    # Digit 1 is never true, digit 2 never predicted; neither divides by zero.
    metrics = class_metrics(np.array([[4, 1, 0], [0, 0, 0], [0, 2, 0]]))

    np.testing.assert_allclose(metrics.precision, [1, 0, 0])
    np.testing.assert_allclose(metrics.recall, [0.8, 0, 0])
    np.testing.assert_allclose(metrics.f1, [8 / 9, 0, 0])
    np.testing.assert_array_equal(metrics.support, [5, 0, 2])


def test_f1_is_the_harmonic_mean_of_precision_and_recall(baseline_networks, dataset):
    images, labels = dataset.test_images[:2_000], dataset.test_labels[:2_000]
    result = evaluate(baseline_networks["mlp-256"].probabilities(images), labels)

    metrics = class_metrics(result.counts)

    expected = 2 / (1 / metrics.precision + 1 / metrics.recall)
    np.testing.assert_allclose(metrics.f1, expected)


def test_the_most_probable_digit_is_the_answer():
    result = evaluate(certain([3, 8, 8, 1]), np.array([3, 8, 3, 2]))

    assert result.y_pred.tolist() == [3, 8, 8, 1]
    assert result.n_correct == 2
    assert result.accuracy == 0.5
    assert (result.counts[3, 8], result.counts[2, 1], result.counts.sum()) == (1, 1, 4)


def test_without_images_nothing_is_read_right():
    result = evaluate(np.zeros((0, 10), np.float32), np.zeros(0, np.uint8))

    assert (result.n_correct, result.accuracy) == (0, 0)
    assert result.most_confused(3) == ()


def test_answers_and_labels_must_be_as_many():
    with pytest.raises(InvalidLabelsError, match=r"got 2 for 1$"):
        evaluate(certain([3, 8]), np.array([3]))


def test_confused_pairs_come_most_frequent_first():
    y_true = np.array([4, 4, 4, 9, 9, 7])
    result = evaluate(certain([9, 9, 4, 4, 9, 2]), y_true)

    assert result.most_confused(3) == (
        Confusion(true=4, predicted=9, count=2),
        Confusion(true=7, predicted=2, count=1),
        Confusion(true=9, predicted=4, count=1),
    )
    assert result.most_confused(1) == (Confusion(true=4, predicted=9, count=2),)


def test_pairs_that_are_never_confused_are_not_listed():
    result = evaluate(certain([1, 2, 3]), np.array([1, 2, 5]))

    assert result.most_confused(50) == (Confusion(true=5, predicted=3, count=1),)
    assert evaluate(certain([1]), np.array([1])).most_confused(50) == ()


def test_mistakes_of_a_cell_come_most_confident_first():
    probabilities = certain([9, 9, 9, 9, 4], [0.5, 0.9, 0.7, 0.99, 0.95])
    result = evaluate(probabilities, np.array([4, 4, 4, 9, 4]))

    assert result.indices_in_cell(4, 9).tolist() == [1, 2, 0]


def test_hits_of_a_cell_come_least_certain_first():
    probabilities = certain([4, 4, 9, 4], [0.8, 0.6, 0.3, 0.7])
    result = evaluate(probabilities, np.array([4, 4, 4, 4]))

    assert result.indices_in_cell(4, 4).tolist() == [1, 3, 0]


def test_an_empty_cell_has_no_images():
    assert evaluate(certain([4]), np.array([4])).indices_in_cell(4, 9).tolist() == []


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


def test_the_hits_among_the_first_are_counted():
    probabilities = np.eye(10, dtype=np.float32)[[1, 2, 3, 4]]

    result = evaluate(probabilities, np.array([1, 0, 3, 4]))

    assert [result.count_correct(n) for n in (0, 1, 2, 4, 9)] == [0, 1, 1, 3, 3]
