"""Sees that the queue is looked after, whichever page of a new server is opened first."""

import threading
import time
from typing import Final

# The page comes first: loading what looks after the queue takes half a second.
_WAIT_SECONDS: Final = 1.0

_started = threading.Event()


def keep_queue() -> None:
    """Look after the queue from the first page of this process on.

    Runs that waited, or were at work, when the last server ended go on then.
    """
    if not _started.is_set():
        _started.set()
        threading.Thread(target=_start, name="run-queue-start", daemon=True).start()


def _start() -> None:
    time.sleep(_WAIT_SECONDS)
    from pages.ui.base import workers

    workers.dispatcher()
