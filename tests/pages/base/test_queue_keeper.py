import threading

from pages.ui.base import queue_keeper, workers
from tests.waiting import wait_until


def test_the_first_page_of_a_server_sees_that_the_queue_is_looked_after(monkeypatch):
    asked = []
    monkeypatch.setattr(queue_keeper, "_started", threading.Event())
    monkeypatch.setattr(queue_keeper, "_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(workers, "dispatcher", lambda: asked.append(True))

    for _ in range(3):
        queue_keeper.keep_queue()

    wait_until(lambda: asked)
    assert asked == [True]
