"""Seconds an epoch with all distortions of the images on, against the same loop without.

The bound: at most twice as long. Each epoch distorts all 60,000 images anew before it trains on
them; a lesson on augmentation must not become one on waiting.

Each measurement runs in a process of its own: `distortion.py on` or `distortion.py off`.
"""

import dataclasses
import json
import statistics
import subprocess
import sys
from typing import Final

from benchmarks.table import Row
from benchmarks.ways import config_of
from mnist_core.data.dataset import load_dataset
from mnist_core.settings.config import Augmentation, TrainingConfig

_AT_MOST: Final = 2.0
_N_TIMES: Final = 3
_PRESET: Final = "mlp-512"
_ALL: Final = Augmentation(shift=1, rotation=8, zoom=0.1, elastic=1.2)


def measure() -> list[Row]:
    """Return the ratio of the medians of the epochs."""
    # In turn, so that both see the same machine.
    pairs = [(_epoch_seconds("on"), _epoch_seconds("off")) for _ in range(_N_TIMES)]
    with_distortions, without = (
        statistics.median(second for seconds in column for second in seconds)
        for column in zip(*pairs, strict=True)
    )
    return [
        Row(
            what=f"{_PRESET}, seconds an epoch with all distortions",
            ours=f"{with_distortions:.2f} s",
            other=f"without {without:.2f} s",
            figure=with_distortions / without,
            at_most=_AT_MOST,
        )
    ]


def _epoch_seconds(switch: str) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.distortion", switch]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds: list[float] = json.loads(answer.stdout)
    return seconds


def _train(config: TrainingConfig) -> list[float]:
    """Train, and return the seconds of each epoch but the first, which pays for tracing."""
    from mnist_core.training.train import train

    return list(train(config, load_dataset()).epoch_seconds[1:])


if __name__ == "__main__":
    config = config_of(_PRESET)
    if sys.argv[1:] == ["on"]:
        config = dataclasses.replace(config, augmentation=_ALL)
    print(json.dumps(_train(config)))
