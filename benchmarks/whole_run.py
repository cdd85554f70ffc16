"""A whole run, from the click to the stored result, against a plain Keras script.

The bound: at most 0.55 of the script's time. The epochs take some 0.4 of those of `model.fit`; the
rest is room for what the script does not do: hand the run to a worker, tell its progress several
times a second to a page that polls it, store the weights and a checkpoint.

Both start warm: TensorFlow is loaded, and a tiny network has been trained, so that what TensorFlow
sets up only once is there.
"""

import contextlib
import dataclasses
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Row
from mnist_core.runs.run import Run, RunStatus
from mnist_core.settings.presets import PRESETS
from mnist_core.store.run_store import RunStore
from tests import chromium
from tests.browser.server import Server, running_app
from tests.waiting import wait_until

_AT_MOST: Final = 0.55
_N_TIMES: Final = 3
_PRESET: Final = "mlp-512"  # what the Train page starts with
_CONFIG: Final = PRESETS[_PRESET].config
_TINY: Final = dataclasses.replace(_CONFIG, n_train=100, epochs=1)

Parts = dict[str, float]  # seconds of each part; together the whole


def measure() -> list[Row]:
    """Print where the time goes on both sides, and return the ratio of the wholes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        # In turn, so that both see the same machine.
        pairs = [(_run_in_the_app(browser), _run_of_the_script()) for _ in range(_N_TIMES)]
        browser.close()
    ours, script = (sorted(column, key=_whole) for column in zip(*pairs, strict=True))
    print(f"{_PRESET}, a whole run of {_CONFIG.epochs} epochs, {_N_TIMES} times:")
    for name, runs in (("the app", ours), ("plain Keras", script)):
        for parts in runs:
            described = ", ".join(f"{part} {seconds:.2f}" for part, seconds in parts.items())
            print(f"  {name:12} {_whole(parts):5.2f} s: {described}")
    print()
    our_median, script_median = (statistics.median(map(_whole, runs)) for runs in (ours, script))
    return [
        Row(
            what=f"{_PRESET}, from the click to the stored result",
            ours=f"{our_median:.2f} s",
            other=f"plain Keras script {script_median:.2f} s",
            figure=our_median / script_median,
            at_most=_AT_MOST,
        )
    ]


def _whole(parts: Parts) -> float:
    return sum(parts.values())


def _run_of_the_script() -> Parts:
    command = [sys.executable, "-m", "benchmarks.plain_keras", _PRESET]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    parts: Parts = json.loads(answer.stdout)
    return parts


def _run_in_the_app(browser: Browser) -> Parts:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as server,
        contextlib.closing(RunStore(server.runs_url)) as store,
        browser.new_context() as context,
    ):
        page = context.new_page()
        _warm_up(page, server, store)
        page.goto(f"{server.url}/Train")
        page.get_by_role("button", name="Start training").click()
        # The page polls the run; to ask the store as well would slow it.
        page.get_by_text("Test accuracy").wait_for(timeout=120_000)
        return _parts_of(store.list()[0])


def _warm_up(page: Page, server: Server, store: RunStore) -> None:
    """Train a tiny run: when it has ended, the worker has all that it needs."""
    run_id = store.create(_TINY, name="tiny").id
    page.goto(f"{server.url}/Train")  # this page starts what waits
    wait_until(lambda: store.get(run_id).is_ended)


def _parts_of(run: Run) -> Parts:
    assert (run.config, run.status) == (_CONFIG, RunStatus.FINISHED)
    assert run.result is not None
    assert run.finished_at is not None
    epochs = sum(run.result.epoch_seconds)
    return {
        "build and evaluation": run.result.total_seconds - epochs,
        "epochs": epochs,
        "hand-over and store": run.finished_at - run.created_at - run.result.total_seconds,
    }
