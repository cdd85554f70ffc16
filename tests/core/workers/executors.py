"""Executors for tests: one that only notes its work, one of threads in place of processes."""

from concurrent.futures import Future, ThreadPoolExecutor


class HeldExecutor:
    """Only notes its work; the test decides how and when each ends."""

    def __init__(self, n_slots: int = 1) -> None:
        self.places = n_slots
        self.work: list[tuple[object, tuple, Future]] = []
        self.trouble: OSError | None = None
        self.is_closed = False

    def n_slots(self) -> int:
        return self.places

    def submit(self, function, /, *args) -> Future:
        if self.trouble is not None:
            raise self.trouble
        future: Future = Future()
        self.work.append((function, args, future))
        return future

    def close(self) -> None:
        self.is_closed = True

    def name(self, number: int = -1) -> str:
        """Return what the worker is called that was sent as this one."""
        return self.work[number][1][1]

    def end(self, number: int = -1, error: BaseException | None = None) -> None:
        """Let work end, as a worker process would."""
        future = self.work[number][2]
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


class Threads:
    """Trains in threads of this process: an engine that shares nothing with `ProcessPools`."""

    def __init__(self, n_slots: int = 1) -> None:
        self._places = n_slots
        self._pool = ThreadPoolExecutor(n_slots)

    def n_slots(self) -> int:
        return self._places

    def submit(self, function, /, *args) -> Future:
        return self._pool.submit(function, *args)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
