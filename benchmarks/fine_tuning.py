"""What fine-tuning on a few own digits is worth: `python -m benchmarks.fine_tuning [RUN ...]`.

Some of scikit-learn's `load_digits` images, by other writers than MNIST's, play somebody's own
digits; all others are what the network is to read afterwards. Every line is printed beside that of
the same training without them, since more epochs alone change a network too. There is no bound.
"""

import argparse
from collections.abc import Sequence
from typing import Final

import numpy as np
from sklearn.datasets import load_digits

from benchmarks.handwriting import accuracy, enlarge
from mnist_core.arrays import N_CLASSES
from mnist_core.data.dataset import Dataset, load_dataset
from mnist_core.network.forward import Network
from mnist_core.pictures.steps import to_digit
from mnist_core.runs.fine_tuning import fine_tuning_config, mix
from mnist_core.runs.run import Run
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.store.run_store import RunStore

_N_SPLITS: Final = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each network and each choice of own digits."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fine_tuning",
        description="Measure what fine-tuning on a few own digits is worth.",
    )
    parser.add_argument("runs", nargs="*", default=list(BASELINE_SEEDS), metavar="RUN")
    parser.add_argument("--digits", type=int, default=5, help="own digits of each label")
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args(arguments)

    handwriting = load_digits()
    images = np.stack([to_digit(enlarge(image)).digit for image in handwriting.images])
    labels = handwriting.target.astype(np.uint8)
    dataset, store = load_dataset(), RunStore()
    print(f"{'':22}{'other digits':>14}{'own digits':>14}{'MNIST test':>14}")
    for run_id in options.runs:
        run, before = store.get(run_id), store.network(run_id)
        for seed in range(_N_SPLITS):
            own = _choose(labels, options.digits, seed)
            rest = np.setdiff1d(np.arange(len(labels)), own)
            mixed = mix(dataset, run.config, images[own], labels[own])
            networks = {
                f"{run_id} before": before,
                "  MNIST alone": _train_on(run, before, dataset, options.epochs),
                "  with own digits": _train_on(run, before, mixed, options.epochs),
            }
            for title, network in networks.items():
                shares = [
                    accuracy(network, images[rest], labels[rest]),
                    accuracy(network, images[own], labels[own]),
                    accuracy(network, dataset.test_images, dataset.test_labels),
                ]
                print(f"{title:22}" + "".join(f"{share:14.4f}" for share in shares), flush=True)


def _choose(labels: np.ndarray, n_each: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = [rng.permutation(np.flatnonzero(labels == digit))[:n_each] for digit in range(N_CLASSES)]
    return rng.permutation(np.concatenate(rows))


def _train_on(run: Run, before: Network, dataset: Dataset, n_epochs: int) -> Network:
    from mnist_core.training.keras_model import weights_of
    from mnist_core.training.train import train

    config = fine_tuning_config(run, n_epochs=n_epochs)
    model = train(config, dataset, start_weights=before.weights).model
    return Network(config, weights_of(model))


if __name__ == "__main__":
    main()
