"""Runs at work: read once for all who watch them."""

import threading
import time
from typing import Final

from mnist_core.runs.run import Run
from pages.ui.base import cache

# How old what is shown may be.
_FRESH_SECONDS: Final = 0.4

_lock = threading.Lock()
_runs: dict[tuple[str, str], tuple[float, Run]] = {}


def read(run_id: str) -> Run:
    """Return a run as it was a moment ago, read once for all who ask in that moment.

    Raises:
        RunNotFoundError: There is no such run.
        RunStoreError: The store cannot be read.
    """
    store = cache.store()
    key = store.url, run_id
    with _lock:  # who comes while another reads waits for what that one gets
        now = time.monotonic()
        for old in [each for each, (at, _) in _runs.items() if now - at > _FRESH_SECONDS]:
            del _runs[old]
        if key not in _runs:
            _runs[key] = now, store.get(run_id)
        return _runs[key][1]


def forget(run_id: str) -> None:
    """Read a run anew the next time: whoever has changed it sees that at once."""
    with _lock:
        _runs.pop((cache.store().url, run_id), None)
