"""What the curves of a training say: steps too large, underfitting, overfitting and since when."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from mnist_core.arrays import N_CLASSES
from mnist_core.runs.progress import History
from mnist_core.settings.config import TrainingConfig


class Fit(StrEnum):
    """How the accuracy on the images learned from compares with that on new ones."""

    UNDERFITTING = "underfitting"
    GOOD = "good"
    SLIGHT_OVERFITTING = "slight overfitting"
    OVERFITTING = "overfitting"


# An accuracy below this on its own training images is underfitting. A network without any hidden
# layer reaches 0.92 in five epochs of the whole of MNIST; the included ones end above 0.99.
LEARNED: Final = 0.9
# Gaps between training and test accuracy. Of the included networks, `best-mlp` ends with 0.003,
# `mlp-512` with 0.014 and `mlp-256` with 0.017, the preset `overfit` with 0.11. The lower bound
# parts the first from the next two, and is wider than the noise of 10,000 test images (0.002 at
# an accuracy of 0.99). At half of the upper one, `mlp-256` would be called overfitted; at double,
# still only `overfit`.
_SLIGHT_GAP: Final = 0.005
OVERFITTING_GAP: Final = 0.03


def judge_fit(train_accuracy: float, test_accuracy: float) -> Fit:
    """Judge a training by its accuracies on training and on test images, both 0..1."""
    gap = train_accuracy - test_accuracy
    if train_accuracy < LEARNED:
        return Fit.UNDERFITTING
    if gap >= OVERFITTING_GAP:
        return Fit.OVERFITTING
    return Fit.SLIGHT_OVERFITTING if gap >= _SLIGHT_GAP else Fit.GOOD


class CurveKind(StrEnum):
    """What the curves of a training show."""

    RATE_TOO_HIGH = "learning rate too high"
    OVERFITTING = "overfitting"
    UNDERFITTING = "underfitting"
    STILL_IMPROVING = "still improving"
    WIDE_GAP = "wide gap"  # learned by heart, though the validation loss no longer rises
    GOOD = "good"
    UNSEEN = "unseen"  # learned, but no image was held back to see whether it overfits


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveReading:
    """What the curves of one training say, and the numbers for the sentence about it.

    Attributes:
        kind: What they show.
        epoch: The epoch, from 1, with the lowest validation loss; None without validation.
        n_epochs: Finished epochs.
        train_accuracy: 0..1, mean over the last epoch.
        validation_accuracy: 0..1, after the last epoch; None without validation.
    """

    kind: CurveKind
    epoch: int | None
    n_epochs: int
    train_accuracy: float
    validation_accuracy: float | None


# The loss of a network that gives every digit the same probability: 2.30.
_GUESSING_LOSS: Final = math.log(N_CLASSES)
# Fresh weights cost between 2.3 and 2.5. An epoch whose mean loss is half as much again was thrown
# far off by its steps, even when later epochs recover.
_OVERSHOT_LOSS: Final = 1.5 * _GUESSING_LOSS
# The loss can fall by 2.3 in all. Where it rises by half a unit from one epoch to the next, that is
# no noise of batches or dropout, which stays below 0.05 (0.003 in the 80 epochs of `best-mlp`).
_JUMP: Final = 0.5
# A training loss that ends this much above its own lowest has risen for good. The share spares
# curves that are still high, the absolute part those near 0, where a loss of 0.01 after one of
# 0.002 means nothing. Both were chosen by curves such as those of the tests.
_RISE_SHARE: Final = 0.25
_RISE: Final = 0.1
# Guessing reads 10 % of the digits right, and always answering 1 reads 11 %. A network that reads
# no more than these has learned nothing. (Its loss stays at 2.30, but a penalty on the weights
# would hide that.)
_STUCK_ACCURACY: Final = 0.15
# A network that learns nothing may take steps that are too large, so that its units died, or too
# small: the curve looks the same. The steps are taken to be too large above 0.01, which is ten
# times Adam's default in Keras, and SGD's default.
_USUAL_RATES_END: Final = 0.01

# Near its lowest, a validation loss on 12,000 images wobbles by 5 to 8 % from epoch to epoch. Two
# epochs in a row that are 10 % worse than the best are no wobble: `mlp-256` ends 2 % above its
# best, `overfit` 27 and 33 % (seeds 0 and 1).
_WORSE: Final = 1.1
_N_WORSE: Final = 2
# A last epoch that is less than 1 % better than all before shows a curve that has come to rest.
# Each of the epochs 2 to 6 of `mlp-256` is better by 2 to 25 %.
_BETTER: Final = 0.99


def best_epoch(history: History) -> int | None:
    """Return the epoch, from 1, with the lowest validation loss; None without validation."""
    losses = history.get("val_loss") or ()
    finite = [(loss, epoch) for epoch, loss in enumerate(losses, 1) if math.isfinite(loss)]
    return min(finite)[1] if finite else None


def read_curves(history: History, config: TrainingConfig) -> CurveReading:
    """Read the curves of an ended training.

    Args:
        history: Loss and accuracy of at least one epoch.
        config: What the training was set to; decides only where the curves cannot.
    """
    validation = history.get("val_accuracy")
    return CurveReading(
        kind=_kind(history, config),
        epoch=best_epoch(history),
        n_epochs=len(history["loss"]),
        train_accuracy=history["accuracy"][-1],
        validation_accuracy=validation[-1] if validation else None,
    )


def _kind(history: History, config: TrainingConfig) -> CurveKind:
    best = best_epoch(history)
    if _steps_too_large(history, config):
        return CurveKind.RATE_TOO_HIGH
    if best is not None and _overfits(history, best):
        return CurveKind.OVERFITTING
    if _accuracy_reached(history) < LEARNED:
        return CurveKind.UNDERFITTING
    if best is None:
        return CurveKind.UNSEEN
    if _still_falls(history["val_loss"]):
        return CurveKind.STILL_IMPROVING
    return CurveKind.WIDE_GAP if _has_wide_gap(history) else CurveKind.GOOD


def _accuracy_reached(history: History) -> float:
    # With dropout or distorted images, the training accuracy is lower than what the network can
    # do. Validation has neither, and shows it.
    return max(history[name][-1] for name in ("accuracy", "val_accuracy") if history.get(name))


def _steps_too_large(history: History, config: TrainingConfig) -> bool:
    losses = history["loss"]
    if not all(math.isfinite(loss) for loss in losses):
        return True
    lowest = min(losses)
    # A penalty on the weights is part of the loss, and may be large at the start.
    is_thrown_off = max(losses) >= _OVERSHOT_LOSS and not config.l2
    is_stuck = max(history["accuracy"]) < _STUCK_ACCURACY
    return (
        is_thrown_off
        or any(after - before >= _JUMP for before, after in pairwise(losses))
        or losses[-1] - lowest >= max(_RISE, _RISE_SHARE * lowest)
        or (is_stuck and config.learning_rate > _USUAL_RATES_END)
    )


def _overfits(history: History, best: int) -> bool:
    train, validation = history["loss"], history["val_loss"]
    after = validation[best:]
    if not after or train[-1] >= train[best - 1]:
        return False
    lowest = validation[best - 1]
    is_worse = len(after) >= _N_WORSE and min(after[-_N_WORSE:]) >= _WORSE * lowest
    # Where the accuracies are far apart too, there is no need to wait for more epochs.
    return is_worse or _has_wide_gap(history)


def _has_wide_gap(history: History) -> bool:
    return history["accuracy"][-1] - history["val_accuracy"][-1] >= OVERFITTING_GAP


def _still_falls(losses: Sequence[float]) -> bool:
    return len(losses) > 1 and losses[-1] <= _BETTER * min(losses[:-1])
