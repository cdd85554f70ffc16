"""Find worker processes, and await what another thread or process brings about."""

import time
from collections.abc import Callable

import psutil


def wait_until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Return as soon as the condition holds; fail when it does not within the given time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds:g} s: {condition}"
        time.sleep(0.01)


def workers_below(process: psutil.Process) -> set[psutil.Process]:
    """Find the worker processes that a process has started."""
    return {child for child in process.children() if _is_worker(child)}


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any(part.startswith("LokyProcess") for part in process.cmdline())
    except psutil.NoSuchProcess:  # it left meanwhile
        return False
