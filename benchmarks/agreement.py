"""Whether the compiled loop trains as Keras does: `python -m benchmarks.agreement`.

For every preset and seed the loop's history is held against that of `model.fit`, after every
epoch. Both see the same images in the same order with the same learning rate, and dropout draws the
same masks, so what differs is rounding alone, which a long training amplifies. The bound: the
accuracies on training and on validation images, means over the seeds, differ by at most 0.3
percentage points after every epoch. The largest difference of a single seed is printed too: of
the 200 images that `overfit` holds back, one that lies between two digits is half a point.

It takes some minutes, so it is no part of `make bench`. `--n-train` and `--epochs` shorten it. Of
the presets that distort the images it trains the first 3 epochs, unless `--epochs` says otherwise.
"""

import argparse
import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from benchmarks.table import Row, print_table
from mnist_core.data.augmentation import Distorter
from mnist_core.data.dataset import Dataset, load_dataset
from mnist_core.data.preprocessing import normalise, one_hot
from mnist_core.runs.progress import History
from mnist_core.settings.choices import LOSSES
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.fields import limit_of
from mnist_core.settings.presets import PRESETS

AT_MOST_POINTS: Final = 0.3
METRICS: Final = ("accuracy", "val_accuracy")
_SEEDS: Final = (0, 1, 2)
# Presets with distorted images train for very long; the first epochs show all there is to compare.
_N_EPOCHS_DISTORTED: Final = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the largest differences of every preset."""
    options = _parser().parse_args(arguments)
    dataset = load_dataset()
    rows: list[Row] = []
    for preset in PRESETS:
        config = _shortened(PRESETS[preset].config, options)
        n_epochs = PRESETS[preset].config.epochs
        print(f"{preset}: {config.epochs} of {n_epochs} epochs, {config.n_train:,} images ...")
        rows += _rows(preset, config, dataset)
    print()
    print_table(rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.agreement",
        description="Compare the history of the compiled loop with that of model.fit.",
    )
    parser.add_argument(
        "--n-train", type=int, default=limit_of("n_train").high, help="at most so many images"
    )
    parser.add_argument(
        "--epochs",
        type=int,
        help="at most so many epochs; all of them if left out, but "
        f"{_N_EPOCHS_DISTORTED} of the presets that distort the images",
    )
    return parser


def _shortened(config: TrainingConfig, options: argparse.Namespace) -> TrainingConfig:
    default = _N_EPOCHS_DISTORTED if config.augmentation.is_on else config.epochs
    return dataclasses.replace(
        config,
        n_train=min(config.n_train, options.n_train),
        epochs=min(config.epochs, options.epochs or default),
    )


def _rows(preset: str, config: TrainingConfig, dataset: Dataset) -> list[Row]:
    pairs = [histories(dataclasses.replace(config, seed=seed), dataset) for seed in _SEEDS]
    n_images = {"accuracy": config.n_fit, "val_accuracy": config.n_train - config.n_fit}
    return [
        _row(
            f"{preset}, {metric} on {n_images[metric]:,} images",
            [(ours[metric], theirs[metric]) for ours, theirs in pairs],
        )
        for metric in METRICS
        if n_images[metric]
    ]


def _row(what: str, pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Row:
    """Return the largest difference of the means after any epoch, and that of a single seed."""
    ours, theirs = (np.array(values) for values in zip(*pairs, strict=True))
    largest = np.abs(ours - theirs).max()
    differences = np.abs(ours.mean(axis=0) - theirs.mean(axis=0))
    epoch = int(differences.argmax())
    return Row(
        what=f"{what}, epoch {epoch + 1}",
        ours=f"{ours[:, epoch].mean():.3%}",
        other=f"model.fit {theirs[:, epoch].mean():.3%} (one seed: {100 * largest:.2f})",
        figure=100 * float(differences[epoch]),
        at_most=AT_MOST_POINTS,
        unit=" points",
    )


def histories(config: TrainingConfig, dataset: Dataset) -> tuple[History, History]:
    """Train with the compiled loop and with `model.fit`; return both histories.

    Early stopping is off in both: it ends a training, but changes nothing in its epochs.
    """
    from mnist_core.training.train import train

    config = dataclasses.replace(config, patience=0)
    return train(config, dataset).history, _fit(config, dataset)


def _fit(config: TrainingConfig, dataset: Dataset) -> History:
    from mnist_core.training.keras_model import build_model

    model = build_model(config)
    n_fit = config.n_fit
    held_back = slice(n_fit, config.n_train)
    labels = one_hot(dataset.train_labels) if _is_one_hot(config) else dataset.train_labels
    validation_data = (
        (normalise(dataset.train_images[held_back]), labels[held_back])
        if n_fit < config.n_train
        else None
    )
    history: History = {}
    for epoch, images in enumerate(_epochs_of_images(config, dataset), start=1):
        model.optimizer.learning_rate.assign(config.learning_rate_in(epoch))
        order = np.random.default_rng((config.seed, epoch)).permutation(n_fit)
        values = model.fit(
            normalise(images[order]),
            labels[order],
            batch_size=config.batch_size,
            shuffle=False,
            validation_data=validation_data,
            verbose=0,
        ).history
        for name, value in values.items():
            history.setdefault(name, []).extend(value)
    return history


def _is_one_hot(config: TrainingConfig) -> bool:
    return LOSSES[config.loss].takes_one_hot


def _epochs_of_images(config: TrainingConfig, dataset: Dataset) -> Iterator[np.ndarray]:
    """Yield the images that each epoch sees, not yet shuffled."""
    images = dataset.train_images[: config.n_fit]
    if not config.augmentation.is_on:
        yield from [images] * config.epochs
        return
    distorter = Distorter(images, config.augmentation)
    for epoch in range(1, config.epochs + 1):
        yield distorter.distort(seed=(config.seed, epoch, 1))


if __name__ == "__main__":
    main()
