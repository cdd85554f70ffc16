import numpy as np
import pytest

from mnist_core.errors import InvalidLabelsError
from mnist_core.evaluation.answers import Choice, Confusion, Order, evaluate


def certain(digits: list[int], confidence: float | list[float] = 0.9) -> np.ndarray:
    """Probabilities of a network that answers these digits, with the given confidence."""
    confidences = np.broadcast_to(confidence, len(digits))
    probabilities = np.repeat((1 - confidences[:, np.newaxis]) / 9, 10, axis=1)
    probabilities[np.arange(len(digits)), digits] = confidences
    return probabilities.astype(np.float32)


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

    assert result.chosen(Choice(4, 9)).tolist() == [1, 2, 0]
    assert result.chosen(Choice(4, 9), order=Order.LEAST_SURE).tolist() == [0, 2, 1]
    assert result.chosen(Choice(4, 9), order=Order.INDEX).tolist() == [0, 1, 2]


def test_hits_of_a_cell_come_least_certain_first():
    probabilities = certain([4, 4, 9, 4], [0.8, 0.6, 0.3, 0.7])
    result = evaluate(probabilities, np.array([4, 4, 4, 4]))

    assert result.chosen(Choice(4, 4)).tolist() == [1, 3, 0]
    assert result.chosen(Choice(4, 4), order=Order.MOST_SURE).tolist() == [0, 3, 1]


def test_a_row_is_all_misses_of_a_digit_and_a_column_all_its_false_alarms():
    result = evaluate(certain([9, 4, 7, 9, 9, 4]), np.array([4, 4, 4, 9, 7, 9]))

    assert result.chosen(Choice(true=4), order=Order.INDEX).tolist() == [0, 2]
    assert result.chosen(Choice(predicted=9), order=Order.INDEX).tolist() == [0, 4]
    assert result.chosen(Choice(), order=Order.INDEX).tolist() == [0, 2, 4, 5]


def test_of_all_mistakes_only_the_surest_can_be_chosen():
    answers = certain([9, 4, 7, 9, 9, 4], [0.6, 0.9, 0.5, 0.99, 0.8, 0.7])
    result = evaluate(answers, np.array([4, 4, 4, 9, 7, 9]))
    surest = result.chosen(Choice()).tolist()

    assert result.chosen(Choice(most=2)).tolist() == surest[:2]
    assert result.chosen(Choice(most=2), order=Order.INDEX).tolist() == sorted(surest[:2])
    assert result.chosen(Choice(most=2), order=Order.LEAST_SURE).tolist() == surest[1::-1]
    assert result.chosen(Choice(most=9)).tolist() == surest


def test_an_empty_cell_has_no_images():
    assert evaluate(certain([4]), np.array([4])).chosen(Choice(4, 9)).tolist() == []


def test_each_answer_carries_its_row_and_two_probabilities():
    probabilities = certain([3, 8], [0.6, 0.91])

    result = evaluate(probabilities, np.array([3, 1]), first_index=50_000)

    assert result.indices.tolist() == [50_000, 50_001]
    np.testing.assert_allclose(result.confidence, [0.6, 0.91], rtol=1e-6)
    np.testing.assert_allclose(result.p_true, [0.6, 0.01], rtol=1e-6)


def test_answers_that_are_sure_enough_are_scored_alone():
    result = evaluate(certain([4, 4, 9], [0.75, 0.5, 0.9]), np.array([4, 9, 4]), first_index=7)

    sure = result.at_least(0.75)

    assert sure.indices.tolist() == [7, 9]
    assert (sure.counts[4, 4], sure.counts[4, 9], sure.counts.sum()) == (1, 1, 2)
    assert (len(sure), sure.n_wrong, sure.accuracy) == (2, 1, 0.5)


def test_answers_to_some_images_can_be_left_out():
    result = evaluate(certain([4, 4, 9]), np.array([4, 9, 4]), first_index=7)

    rest = result.without([8, 1, 2_000])

    assert rest.indices.tolist() == [7, 9]
    assert rest.y_true.tolist() == [4, 4]


def test_an_image_is_found_by_its_row():
    result = evaluate(certain([4, 4, 9]), np.array([4, 9, 4]), first_index=7).without([8])

    assert [result.position(index) for index in (6, 7, 8, 9, 10)] == [None, 0, None, 1, None]
