"""The app without a browser and without workers."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.store.run_store import RunStore
from mnist_core.workers.dispatcher import Dispatcher
from pages.ui.base import queue_keeper, workers
from tests.waiting import LIMIT_SECONDS

_APP = Path(__file__).parents[2] / "app.py"


class NoExecutor:
    """Takes work and never does it."""

    def n_slots(self) -> int:
        return 1

    def submit(self, function, /, *args) -> Future:
        return Future()

    def close(self) -> None:
        """Nothing is at work."""


class IdleDispatcher(Dispatcher):
    """Looks after the queue only when a test says so."""

    def __init__(self, store: RunStore) -> None:
        super().__init__(store, executor=NoExecutor())

    def start(self) -> None:
        """No thread outlives its test."""


@pytest.fixture(autouse=True)
def no_queue_keeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks after the queue of a test by himself."""
    monkeypatch.setattr(queue_keeper, "_started", set_event())


@pytest.fixture
def app(runs_url: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app at its home page, on the empty store of this test."""
    monkeypatch.setattr(workers, "Dispatcher", IdleDispatcher)
    return app_from_file()


def set_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def app_from_file(path: Path = _APP) -> AppTest:
    """Return an app, the real one if no other is given, that has not run yet."""
    return AppTest.from_file(path, default_timeout=LIMIT_SECONDS)


def app_from_function(function: Callable[..., None], *args: object, **kwargs: object) -> AppTest:
    """Return an app that calls a function and has not run yet."""
    return AppTest.from_function(function, default_timeout=LIMIT_SECONDS, args=args, kwargs=kwargs)


def open_page(app: AppTest, page: str, **parameters: str) -> AppTest:
    """Open a page as a link would."""
    app.run()
    for name, value in parameters.items():
        app.query_params[name] = value
    if page != "app.py":
        app.switch_page(page)
    return app.run()


def component(app: AppTest, key: str) -> dict:
    """What a component was given to show."""
    for element in app.get("bidi_component"):
        if element.proto.id.endswith(key):
            return json.loads(element.proto.json)
    raise KeyError(key)
