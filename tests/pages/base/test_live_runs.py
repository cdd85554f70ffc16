import threading

import pytest

from mnist_core.store.run_store import RunStore
from pages.ui.base import live_runs
from tests.conftest import add_running


@pytest.fixture
def readings(monkeypatch) -> list[str]:
    """The runs that were read from the store, in turn."""
    monkeypatch.setattr(live_runs, "_runs", {})
    readings: list[str] = []
    get = RunStore.get

    def note(self, run_id: str):
        readings.append(run_id)
        return get(self, run_id)

    monkeypatch.setattr(RunStore, "get", note)
    return readings


def test_all_who_ask_in_a_moment_get_one_reading(store, readings, monkeypatch):
    monkeypatch.setattr(live_runs, "_FRESH_SECONDS", 3_600.0)
    run = add_running(store)
    readings.clear()
    found = []

    threads = [
        threading.Thread(target=lambda: found.append(live_runs.read(run.id))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert readings == [run.id]
    assert found == [run] * 8


def test_after_a_moment_it_is_read_anew(store, readings, monkeypatch):
    monkeypatch.setattr(live_runs, "_FRESH_SECONDS", -1.0)
    run = add_running(store)
    readings.clear()

    live_runs.read(run.id)
    live_runs.read(run.id)

    assert readings == [run.id] * 2


def test_what_was_changed_is_read_anew_at_once(store, readings, monkeypatch):
    monkeypatch.setattr(live_runs, "_FRESH_SECONDS", 3_600.0)
    run = add_running(store)
    live_runs.read(run.id)
    store.request_stop(run.id)

    live_runs.forget(run.id)

    assert live_runs.read(run.id).is_stop_requested
