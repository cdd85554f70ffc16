"""Find worker processes."""

import psutil


def workers_below(process: psutil.Process) -> set[psutil.Process]:
    """Find the worker processes that a process has started."""
    return {child for child in process.children() if _is_worker(child)}


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any(part.startswith("LokyProcess") for part in process.cmdline())
    except psutil.NoSuchProcess:  # it left meanwhile
        return False
