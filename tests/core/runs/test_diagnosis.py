"""What curves are said to show, on made curves and on those of real trainings."""

import dataclasses
import math

import pytest

from mnist_core.data.dataset import Dataset
from mnist_core.runs.diagnosis import (
    CurveKind,
    CurveReading,
    Fit,
    best_epoch,
    judge_fit,
    read_curves,
)
from mnist_core.runs.progress import History
from mnist_core.settings.config import HiddenLayer, TrainingConfig
from mnist_core.settings.presets import PRESETS
from mnist_core.store.baselines import load_baselines

USUAL = TrainingConfig(learning_rate=0.001)


def made(
    loss: list[float],
    val_loss: list[float] | None = None,
    *,
    accuracy: float = 0.97,
    val_accuracy: float = 0.96,
) -> History:
    """Make a history that ends at these accuracies."""
    history = {"loss": loss, "accuracy": [accuracy] * len(loss)}
    if val_loss is None:
        return history
    return history | {"val_loss": val_loss, "val_accuracy": [val_accuracy] * len(val_loss)}


def kind(history: History, **settings: float) -> CurveKind:
    return read_curves(history, dataclasses.replace(USUAL, **settings)).kind


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


def test_the_best_epoch_has_the_lowest_validation_loss():
    assert best_epoch(made([0.5, 0.3, 0.2], [0.4, 0.2, 0.3])) == 2


def test_the_first_of_equally_good_epochs_is_the_best():
    assert best_epoch(made([0.5, 0.3, 0.2], [0.4, 0.2, 0.2])) == 2


@pytest.mark.parametrize("val_loss", [None, [], [math.nan]])
def test_without_validation_there_is_no_best_epoch(val_loss):
    assert best_epoch(made([0.5], val_loss)) is None


def test_an_epoch_without_a_number_is_not_the_best():
    assert best_epoch(made([0.5, 0.4], [math.nan, 0.3])) == 2


def test_a_reading_holds_the_last_accuracies_and_the_best_epoch():
    history = made([0.5, 0.3, 0.2], [0.4, 0.2, 0.21], accuracy=0.95, val_accuracy=0.94)
    history["accuracy"][0] = 0.5

    assert read_curves(history, USUAL) == CurveReading(
        kind=CurveKind.GOOD, epoch=2, n_epochs=3, train_accuracy=0.95, validation_accuracy=0.94
    )


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param([0.5, math.nan], id="no number"),
        pytest.param([0.5, math.inf], id="infinite"),
        pytest.param([40.0, 0.6, 0.3], id="thrown off in the first epoch, then recovered"),
        pytest.param([3.5, 2.0, 1.0], id="just half as much again as guessing"),
        pytest.param([1.2, 0.6, 1.1, 0.5], id="jumps and comes back"),
        pytest.param([1.2, 0.5, 0.55, 0.6, 0.65], id="rises slowly from its best"),
    ],
)
def test_a_training_loss_that_jumps_or_rises_means_too_large_steps(loss: list[float]):
    assert kind(made(loss)) == CurveKind.RATE_TOO_HIGH


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param([2.5, 1.2, 0.5], id="starts as fresh weights do"),
        pytest.param([3.4, 1.2, 0.5], id="just less than half as much again as guessing"),
        pytest.param([1.2, 0.6, 0.64, 0.6], id="wobbles"),
        pytest.param([0.5, 0.002, 0.011], id="five times its best, but near 0"),
        pytest.param([1.2, 0.6, 0.7], id="less than a quarter above its best"),
    ],
)
def test_a_training_loss_that_wobbles_does_not(loss: list[float]):
    assert kind(made(loss)) == CurveKind.UNSEEN


@pytest.mark.parametrize(
    ("learning_rate", "expected"),
    [
        (10.0, CurveKind.RATE_TOO_HIGH),
        (0.03, CurveKind.RATE_TOO_HIGH),
        (0.01, CurveKind.UNDERFITTING),
        (1e-5, CurveKind.UNDERFITTING),
    ],
)
def test_of_a_loss_that_stays_at_guessing_the_learning_rate_decides(learning_rate, expected):
    loss = [2.306, 2.303, 2.304]
    history = made(loss, loss, accuracy=0.1, val_accuracy=0.1)

    assert kind(history, learning_rate=learning_rate) == expected


def test_a_penalty_on_the_weights_makes_a_high_loss_at_the_start_no_sign():
    history = made([30.0, 5.0, 1.0])

    assert kind(history) == CurveKind.RATE_TOO_HIGH
    assert kind(history, l2=0.1) == CurveKind.UNSEEN


def test_nothing_learned_is_seen_beside_a_penalty_on_the_weights_too():
    history = made([9.0, 5.0, 4.9], accuracy=0.11)

    assert kind(history, l2=0.1, learning_rate=0.1) == CurveKind.RATE_TOO_HIGH
    assert kind(history, l2=0.1) == CurveKind.UNDERFITTING


def test_a_high_learning_rate_that_works_is_not_too_high():
    assert (
        kind(made([0.5, 0.3, 0.2], [0.4, 0.3, 0.25]), learning_rate=1.0)
        == CurveKind.STILL_IMPROVING
    )


@pytest.mark.parametrize("val_loss", [None, [0.9, 0.7]])
def test_a_low_accuracy_at_the_end_is_underfitting(val_loss):
    history = made([1.0, 0.7], val_loss, accuracy=0.89, val_accuracy=0.88)

    assert kind(history) == CurveKind.UNDERFITTING


def test_an_accuracy_of_ninety_percent_is_no_underfitting():
    assert kind(made([1.0, 0.4], accuracy=0.9)) == CurveKind.UNSEEN


def test_a_training_that_dropout_handicaps_is_judged_by_its_validation():
    history = made([2.0, 1.3], [1.3, 0.6], accuracy=0.5, val_accuracy=0.9)

    assert kind(history) == CurveKind.STILL_IMPROVING


@pytest.mark.parametrize(
    ("val_loss", "expected"),
    [
        ([0.3, 0.2, 0.221, 0.23], CurveKind.OVERFITTING),
        ([0.3, 0.2, 0.2, 0.25], CurveKind.GOOD),  # one epoch alone may be noise
        ([0.3, 0.2, 0.219, 0.219], CurveKind.GOOD),  # less than 10 % worse may be noise
        ([0.3, 0.2, 0.3, 0.21], CurveKind.GOOD),  # it came back
        ([0.2, 0.3, 0.4, 0.5], CurveKind.OVERFITTING),
    ],
)
def test_overfitting_is_two_epochs_in_a_row_clearly_worse_than_the_best(val_loss, expected):
    reading = read_curves(made([0.4, 0.3, 0.2, 0.1], val_loss), USUAL)

    assert reading.kind == expected
    assert reading.epoch == 1 + val_loss.index(min(val_loss))


@pytest.mark.parametrize(
    ("val_accuracy", "expected"), [(0.94, CurveKind.OVERFITTING), (0.95, CurveKind.GOOD)]
)
def test_accuracies_three_points_apart_need_no_second_epoch(val_accuracy, expected):
    history = made([0.4, 0.2, 0.1], [0.3, 0.2, 0.205], accuracy=0.975, val_accuracy=val_accuracy)

    assert kind(history) == expected


def test_without_a_falling_training_loss_it_is_no_overfitting():
    assert kind(made([0.4, 0.3, 0.32, 0.33], [0.3, 0.2, 0.3, 0.3])) == CurveKind.GOOD


@pytest.mark.parametrize(
    ("val_loss", "expected"),
    [
        ([0.3, 0.2, 0.19], CurveKind.STILL_IMPROVING),
        ([0.3, 0.2, 0.199], CurveKind.GOOD),  # hardly better: it has come to rest
        ([0.3, 0.2, 0.201], CurveKind.GOOD),
        ([0.3], CurveKind.GOOD),  # one epoch shows no direction
    ],
)
def test_a_validation_loss_that_fell_until_the_last_epoch_is_still_improving(val_loss, expected):
    assert kind(made([0.4, 0.3, 0.2][: len(val_loss)], val_loss)) == expected


def test_a_wide_gap_alone_is_no_overfitting_while_the_validation_loss_falls():
    history = made([0.4, 0.2, 0.1], [0.4, 0.3, 0.25], accuracy=0.99, val_accuracy=0.93)

    assert kind(history) == CurveKind.STILL_IMPROVING


@pytest.mark.parametrize(
    ("val_accuracy", "expected"), [(0.94, CurveKind.WIDE_GAP), (0.945, CurveKind.GOOD)]
)
@pytest.mark.parametrize(
    ("loss", "val_loss"),
    [
        pytest.param([0.4, 0.35, 0.1], [0.3, 0.2, 0.199], id="last is best"),
        pytest.param([0.4, 0.35, 0.36], [0.3, 0.2, 0.201], id="training loss does not fall"),
    ],
)
def test_accuracies_three_points_apart_are_a_wide_gap_where_the_validation_loss_rests(
    loss: list[float], val_loss: list[float], val_accuracy: float, expected: CurveKind
):
    history = made(loss, val_loss, accuracy=0.97, val_accuracy=val_accuracy)

    assert kind(history) == expected


def test_without_validation_nothing_is_said_of_overfitting():
    reading = read_curves(made([0.4, 0.1, 0.001], accuracy=1.0), USUAL)

    assert reading.kind == CurveKind.UNSEEN
    assert reading.epoch is None
    assert reading.validation_accuracy is None


@pytest.mark.parametrize(
    ("slug", "expected"), [("mlp-512", CurveKind.UNSEEN), ("mlp-256", CurveKind.GOOD)]
)
def test_the_wobble_of_the_included_networks_is_no_overfitting(slug: str, expected: CurveKind):
    run = load_baselines()[slug]

    assert read_curves(run.history, run.config).kind == expected


def read_training(config: TrainingConfig, dataset: Dataset) -> CurveReading:
    from mnist_core.training.train import train

    return read_curves(train(config, dataset).history, config)


def test_the_preset_that_overfits_is_read_as_overfitting(dataset: Dataset):
    config = PRESETS["overfit"].config

    reading = read_training(config, dataset)

    assert reading.kind == CurveKind.OVERFITTING
    assert reading.epoch is not None
    assert reading.epoch < config.epochs / 2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_few_images_and_ever_smaller_steps_leave_a_wide_gap(dataset: Dataset, seed: int):
    config = TrainingConfig(
        layers=(HiddenLayer(256),),
        n_train=500,
        batch_size=32,
        epochs=12,
        learning_rate_decay=0.3,
        validation_split=0.2,
        seed=seed,
    )

    assert read_training(config, dataset).kind == CurveKind.WIDE_GAP


@pytest.mark.parametrize("learning_rate", [3.0, 10.0])
def test_far_too_large_steps_are_read_as_such(dataset: Dataset, learning_rate: float):
    config = TrainingConfig(
        optimizer="sgd",
        learning_rate=learning_rate,
        n_train=1_000,
        epochs=3,
        validation_split=0.2,
    )

    assert read_training(config, dataset).kind == CurveKind.RATE_TOO_HIGH


def test_a_strong_penalty_on_the_weights_is_no_too_high_learning_rate(dataset: Dataset):
    config = TrainingConfig(l2=0.1, n_train=1_000, epochs=3, validation_split=0.2)

    assert read_training(config, dataset).kind != CurveKind.RATE_TOO_HIGH


@pytest.mark.parametrize("validation_split", [0.0, 0.2])
def test_one_epoch_of_far_too_small_steps_is_read_as_underfitting(
    dataset: Dataset, validation_split: float
):
    config = TrainingConfig(
        optimizer="sgd",
        learning_rate=1e-5,
        n_train=500,
        epochs=1,
        validation_split=validation_split,
    )

    assert read_training(config, dataset).kind == CurveKind.UNDERFITTING
