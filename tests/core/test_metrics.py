import numpy as np
import pytest

from mnist_core.errors import InvalidLabelsError
from mnist_core.evaluation import evaluate
from mnist_core.metrics import Unit, class_metrics, confusion_matrix, in_unit


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


def test_counts_can_be_given_in_percent_of_row_or_column():
    counts = np.array([[6, 2, 0], [0, 0, 0], [2, 0, 1]])

    np.testing.assert_array_equal(in_unit(counts, Unit.COUNT), counts)
    np.testing.assert_allclose(
        in_unit(counts, Unit.ROW), [[75, 25, 0], [0, 0, 0], [200 / 3, 0, 100 / 3]]
    )
    np.testing.assert_allclose(
        in_unit(counts, Unit.COLUMN), [[75, 100, 0], [0, 0, 0], [25, 0, 100]]
    )
