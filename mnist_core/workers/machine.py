"""What this machine has for a training: memory, and speed."""

import functools
import time
from pathlib import Path
from typing import Final

import loky
import numpy as np
import psutil

from mnist_core.errors import TooLargeError
from mnist_core.i18n import N_
from mnist_core.settings import cost
from mnist_core.settings.config import TrainingConfig

# Where Linux tells the limits of a container: https://docs.kernel.org/admin-guide/cgroup-v2.html
CGROUP: Path = Path("/sys/fs/cgroup")
_SIZE: Final = 96
_N_PRODUCTS: Final = 1_000


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
    """Measure matrix products once, for about a hundredth of a second.

    The products are so small that each runs on one core and is over before another process gets
    its turn: the fastest of many is that of an idle machine, also while processes start.

    Returns:
        The speed of all cores together, in 10^9 operations a second.
    """
    left = right = np.ones((_SIZE, _SIZE), np.float32)
    product = np.empty_like(left)
    fastest = float("inf")
    for _ in range(_N_PRODUCTS):
        start = time.perf_counter()
        np.matmul(left, right, out=product)
        fastest = min(fastest, time.perf_counter() - start)
    n_cores = int(loky.cpu_count(only_physical_cores=True))
    return n_cores * 2 * _SIZE**3 / fastest / 1e9


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
