"""Train the baselines anew from their fixed seeds: `make baselines`, or only those named."""

import dataclasses
import logging
import sys
import time
from collections.abc import Iterable

from mnist_core.data.dataset import load_dataset
from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.network.forward import Network
from mnist_core.settings.presets import PRESETS
from mnist_core.store.baselines import BASELINE_SEEDS, save_baseline

_log = logging.getLogger(__name__)


def main(slugs: Iterable[str] = BASELINE_SEEDS) -> None:
    """Train and write these baselines."""
    from mnist_core.training.keras_model import weights_of
    from mnist_core.training.train import measure, train

    dataset = load_dataset()
    for slug in slugs:
        config = dataclasses.replace(PRESETS[slug].config, seed=BASELINE_SEEDS[slug])
        created_at = time.time()
        start = time.perf_counter()
        epochs: dict[int, EpochAnswers] = {}
        outcome = train(config, dataset, on_epoch=epochs.__setitem__)
        network = Network(config, weights_of(outcome.model))
        result = measure(outcome, network, dataset, start=start)
        save_baseline(
            slug,
            history=outcome.history,
            result=result,
            weights=network.weights,
            epochs=epochs,
            config=config,
            created_at=created_at,
        )
        _log.info("%s: test accuracy %.4f", slug, result.test_accuracy)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(sys.argv[1:] or BASELINE_SEEDS)
