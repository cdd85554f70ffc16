"""How well each preset reads the test images: `python -m benchmarks.results`.

Every preset is trained as a run is, from several seeds; the table has the test accuracy and the
seconds of training and evaluation. There is no bound: it is what a README or a lesson may claim.
It takes minutes; `--presets` and `--seeds` choose.
"""

import argparse
import dataclasses
import statistics
import time
from collections.abc import Sequence
from typing import Final

from mnist_core.data.dataset import Dataset, load_dataset
from mnist_core.network.forward import Network
from mnist_core.runs.progress import Result
from mnist_core.settings.config import TrainingConfig
from mnist_core.settings.presets import PRESETS

_SEEDS: Final = (0, 1, 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each preset as soon as its last seed is done."""
    options = _parser().parse_args(arguments)
    dataset = load_dataset()
    seeds = [f"seed {seed}" for seed in options.seeds]
    _print_line("test accuracy", [*seeds, "min", "mean", "max"])
    for preset in options.presets:
        config = PRESETS[preset].config
        results = [
            _train(dataclasses.replace(config, seed=seed), dataset) for seed in options.seeds
        ]
        accuracies = [result.test_accuracy for result in results]
        cells = [f"{result.test_accuracy:.2%} {result.total_seconds:5.1f} s" for result in results]
        summary = [min(accuracies), statistics.mean(accuracies), max(accuracies)]
        _print_line(preset, [*cells, *(f"{accuracy:.2%}" for accuracy in summary)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.results",
        description="Train the presets from several seeds and print their test accuracies.",
    )
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=list(PRESETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=list(_SEEDS))
    return parser


def _train(config: TrainingConfig, dataset: Dataset) -> Result:
    from mnist_core.training.keras_model import weights_of
    from mnist_core.training.train import measure, train

    start = time.perf_counter()
    outcome = train(config, dataset)
    network = Network(config, weights_of(outcome.model))
    return measure(outcome, network, dataset, start=start)


def _print_line(first: str, cells: Sequence[str]) -> None:
    print(f"{first:16}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
