"""Await what another thread or process brings about."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Return as soon as the condition holds; fail when it does not within the given time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds:g} s: {condition}"
        time.sleep(0.01)
