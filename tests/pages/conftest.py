"""The app without a browser and without workers."""

import functools
import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.workers.dispatcher import Dispatcher
from pages.ui.base import workers
from tests.waiting import LIMIT_SECONDS

_APP = Path(__file__).parents[2] / "app.py"


class NoExecutor(Executor):
    """Takes work and never does it."""

    def submit(self, function, /, *args, **kwargs):
        return Future()


@pytest.fixture
def app(runs_url: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app at its home page, on the empty store of this test."""
    monkeypatch.setattr(
        workers, "Dispatcher", functools.partial(Dispatcher, executor_factory=NoExecutor)
    )
    return app_from_file()


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
