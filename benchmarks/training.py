"""Seconds an epoch: this project's loop against others, same network, data and batch."""

import json
import statistics
import subprocess
import sys
from typing import Final

from benchmarks.table import Row, print_table
from benchmarks.ways import WAYS, config_of
from mnist_core.settings.architecture import describe_network

# What this project's loop is to be at most, of each of these.
_BOUNDS: Final = {
    "mlp-512": {"model.fit": 0.42, "PyTorch, eager": 0.85, "matrix products, NumPy": 2.0},
    "dropout-800": {"model.fit": 0.5},
}


def measure() -> list[Row]:
    """Print the seconds of every way, and return the ratios that have a bound."""
    rows = []
    for preset, bounds in _BOUNDS.items():
        has_dropout = any(layer.dropout for layer in config_of(preset).layers)
        ways = [way for way in WAYS if way != "scikit-learn" or not has_dropout]  # it has none
        seconds = {way: _seconds_an_epoch(way, preset) for way in ways}
        _print_ways(preset, seconds)
        ours = seconds["this loop"]
        rows += [
            Row(
                what=f"{preset}, seconds an epoch",
                ours=f"{ours:.2f} s",
                other=f"{way} {seconds[way]:.2f} s",
                figure=ours / seconds[way],
                at_most=at_most,
            )
            for way, at_most in bounds.items()
        ]
    return rows


def _seconds_an_epoch(way: str, preset: str) -> float:
    command = [sys.executable, "-m", "benchmarks.ways", way, preset]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return statistics.median(json.loads(answer.stdout))


def _print_ways(preset: str, seconds: dict[str, float]) -> None:
    config = config_of(preset)
    print(f"{preset} ({describe_network(config)}, batch {config.batch_size}), an epoch:")
    for way, value in sorted(seconds.items(), key=lambda item: item[1]):
        print(f"  {way:28} {value:5.2f} s  {value / seconds['model.fit']:5.2f} of model.fit")
    print()


if __name__ == "__main__":
    print_table(measure())
