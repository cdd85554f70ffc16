"""What is asked of whatever trains: places to train at, and a way to give each its work."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol


class Executor(Protocol):
    """Processes that train, on this machine or elsewhere.

    It knows nothing of runs: what is submitted takes a waiting run from the store by itself.
    """

    def n_slots(self) -> int:
        """Return how many trainings it has room for at once."""

    def submit(self, function: Callable[..., None], *args: Any) -> "Future[None]":
        """Call a function in one of its processes.

        Returns:
            Done when the function has returned, with its exception if it raised one, or with a
            `concurrent.futures.BrokenExecutor` if its process died; cancelled if it was closed.

        Raises:
            OSError: No process can be had now, or it is closed.
        """

    def close(self) -> None:
        """End all that is at work, and take no more."""
