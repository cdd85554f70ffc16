"""What this machine has for a training: memory, and speed."""

import functools
import time
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from mnist_core.errors import TooLargeError
from mnist_core.i18n import N_
from mnist_core.settings import cost
from mnist_core.settings.config import TrainingConfig

# Where Linux tells the limits of a container: https://docs.kernel.org/admin-guide/cgroup-v2.html
CGROUP: Path = Path("/sys/fs/cgroup")
_SHAPE: Final = (512, 1024, 1024)
_N_PRODUCTS: Final = 6


def available_memory() -> int:
    """Return how much memory a process may still take, in bytes: of the machine, or container."""
    available = int(psutil.virtual_memory().available)
    try:
        limit = int((CGROUP / "memory.max").read_text())
        used = int((CGROUP / "memory.current").read_text())
        lines = (CGROUP / "memory.stat").read_text().splitlines()
        kept_files = {name: int(value) for name, value in (line.split() for line in lines)}
    except (OSError, ValueError):
        return available  # no container, or one without a limit ("max")
    # Of the files that are kept in memory, those not in use make room.
    return min(available, limit - used + kept_files.get("inactive_file", 0))


@functools.cache
def gigaflops() -> float:
    """Measure matrix products once, for a few hundredths of a second, in 10^9 operations a second.

    The fastest of several counts, since other processes can only make them slower.
    """
    n_rows, n_inner, n_columns = _SHAPE
    left = np.ones((n_rows, n_inner), np.float32)
    right = np.ones((n_inner, n_columns), np.float32)
    fastest = float("inf")
    for _ in range(_N_PRODUCTS):
        start = time.perf_counter()
        left @ right
        fastest = min(fastest, time.perf_counter() - start)
    return 2 * n_rows * n_inner * n_columns / fastest / 1e9


def seconds(config: TrainingConfig) -> float:
    """Estimate how long a training takes here, in seconds."""
    return cost.seconds(config, gigaflops=gigaflops())


def check_memory(config: TrainingConfig) -> None:
    """Refuse a training that this machine has not got the memory for.

    What every training takes is not counted: a warm process has it already, and where even that
    is missing, smaller settings are no help.

    Raises:
        TooLargeError: The settings take more than there is; the sentence says how much.
    """
    extra = cost.memory_bytes(config) - cost.BASE_BYTES
    available = available_memory()
    if extra > available:
        raise TooLargeError(
            N_(
                "these settings take {needed} GB of memory more than the smallest network, and "
                "this machine has {available} GB left: choose fewer units, fewer layers or a "
                "smaller batch"
            ),
            needed=f"{extra / 1e9:.1f}",
            available=f"{available / 1e9:.1f}",
        )
