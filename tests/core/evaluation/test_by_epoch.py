import dataclasses

import numpy as np
import pytest

from mnist_core import npz
from mnist_core.errors import InvalidAnswersError, InvalidLabelsError
from mnist_core.evaluation.answers import evaluate
from mnist_core.evaluation.by_epoch import EpochAnswers, Learning, learning
from tests.core.samples import ANSWERS, TINY_WEIGHTS

STEP = 1 / 65_535
ARRAYS = {
    "y_pred": np.array([7, 2], np.uint8),
    "confidence": np.array([65_535, 40_000], np.uint16),
    "p_true": np.array([65_535, 12], np.uint16),
}


def random_answers(n: int) -> EpochAnswers:
    """Answers without any order that a compression could use."""
    rng = np.random.default_rng(0)
    return EpochAnswers(
        y_pred=rng.integers(0, 10, n, dtype=np.uint8),
        confidence=rng.random(n, dtype=np.float32),
        p_true=rng.random(n, dtype=np.float32),
    )


def test_the_answer_is_the_most_probable_digit_beside_the_true_one():
    probabilities = np.full((2, 10), 0.0625, np.float32)
    probabilities[0, 3] = probabilities[1, 8] = 0.4375

    answers = EpochAnswers.from_probabilities(probabilities, np.array([3, 1]))

    assert (answers.y_pred.tolist(), answers.y_pred.dtype) == ([3, 8], np.uint8)
    assert answers.confidence.tolist() == [0.4375, 0.4375]
    assert answers.p_true.tolist() == [0.4375, 0.0625]
    assert {answers.confidence.dtype, answers.p_true.dtype} == {np.dtype(np.float32)}


def test_what_is_written_is_read_again_to_half_a_step():
    answers = random_answers(10_000)

    read = EpochAnswers.from_bytes(answers.to_bytes())

    np.testing.assert_array_equal(read.y_pred, answers.y_pred)
    for name in ("confidence", "p_true"):
        values, expected = getattr(read, name), getattr(answers, name)
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, expected, rtol=0, atol=STEP / 2 + 1e-7)
    assert read.to_bytes() == answers.to_bytes()


def test_certainty_and_impossibility_are_kept_exactly():
    answers = dataclasses.replace(ANSWERS, p_true=np.array([1, 0, 1, 0], np.float32))

    assert EpochAnswers.from_bytes(answers.to_bytes()).p_true.tolist() == [1, 0, 1, 0]


def test_10_000_answers_take_at_most_51_000_bytes_whatever_they_are():
    assert len(random_answers(10_000).to_bytes()) <= 51_000


def test_answers_that_were_written_are_scored_as_any_others(baseline_networks, dataset):
    probabilities = baseline_networks["mlp-256"].probabilities(dataset.test_images)
    expected = evaluate(probabilities, dataset.test_labels)
    written = EpochAnswers.from_probabilities(probabilities, dataset.test_labels).to_bytes()

    replayed = EpochAnswers.from_bytes(written).answers(dataset.test_labels)

    for name in ("indices", "y_true", "y_pred", "counts"):
        np.testing.assert_array_equal(getattr(replayed, name), getattr(expected, name))
    np.testing.assert_allclose(replayed.confidence, expected.confidence, rtol=0, atol=STEP)
    np.testing.assert_allclose(replayed.p_true, expected.p_true, rtol=0, atol=STEP)
    assert replayed.accuracy == expected.accuracy


def test_answers_and_labels_must_be_as_many():
    with pytest.raises(InvalidLabelsError, match=r"got 4 for 3$"):
        ANSWERS.answers(np.array([7, 2, 1]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing",
        ANSWERS.to_bytes()[:-10],
        npz.pack({"arr_0": TINY_WEIGHTS[1]}),
        npz.pack({**ARRAYS, "p_true": np.zeros(2, np.float32)}),
        npz.pack({**ARRAYS, "p_true": np.zeros(3, np.uint16)}),
        npz.pack({**ARRAYS, "y_pred": np.array([7, 10], np.uint8)}),
        npz.pack({name: array[np.newaxis] for name, array in ARRAYS.items()}),
    ],
    ids=["empty", "text", "cut off", "weights", "type", "length", "no digit", "shape"],
)
def test_damaged_bytes_are_one_sentence(content):
    with pytest.raises(
        InvalidAnswersError, match=r"^the stored answers of an epoch cannot be read: "
    ):
        EpochAnswers.from_bytes(content)


@pytest.mark.parametrize(
    ("p_true", "since", "lost_after"),
    [
        ([0.9, 0.6, 0.51], 1, None),
        ([0.2, 0.5, 0.7, 0.9], 3, None),
        ([0.9, 0.1, 0.7, 0.9], 3, None),
        ([0.9, 0.7, 0.1, 0.5], None, 2),
        ([0.1, 0.5], None, None),
        ([0.8], 1, None),
    ],
)
def test_an_image_is_learned_when_the_true_digit_keeps_more_than_half(p_true, since, lost_after):
    by_epoch = dict(enumerate(p_true, start=1))

    assert learning(by_epoch) == Learning(since=since, lost_after=lost_after)


def test_what_early_stopping_went_back_on_does_not_count():
    by_epoch = {1: 0.2, 2: 0.9, 3: 0.1}

    assert learning(by_epoch) == Learning(since=None, lost_after=2)
    assert learning(by_epoch, kept_epoch=2) == Learning(since=2, lost_after=None)
