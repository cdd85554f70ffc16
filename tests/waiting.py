"""Await what another thread, a process or a browser brings about."""

import time
from collections.abc import Callable
from typing import Final

# For whatever is awaited: long enough where the processors are at work on other things.
LIMIT_SECONDS: Final = 60.0


def wait_until(condition: Callable[[], object]) -> None:
    """Return as soon as the condition holds; fail when it does not within a minute."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not so within {LIMIT_SECONDS:g} s: {condition}"
        time.sleep(0.05)
