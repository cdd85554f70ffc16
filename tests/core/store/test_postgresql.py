"""What PostgreSQL does otherwise than a file: many writers at once, a server that goes away."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mnist_core.errors import StoreUnreachableError, TooManyDigitsError
from mnist_core.store import own_digits
from mnist_core.store.own_digits import OwnDigits
from mnist_core.store.run_store import RunStore
from tests.core.samples import TINY_CONFIG

CREATION = """
import sys
from mnist_core.settings.config import TrainingConfig
from mnist_core.store.run_store import RunStore

sys.stdin.readline()  # all begin at once
store = RunStore(sys.argv[1])
store.create(TrainingConfig(), name="mine")
store.close()
"""


@pytest.fixture
def url(postgres) -> str:
    postgres.empty()
    return postgres.url


@pytest.fixture
def served(url):
    """A store on the server."""
    store = RunStore(url)
    yield store
    store.close()


def test_servers_that_start_at_once_on_an_empty_database_all_work(url, served):
    processes = [
        subprocess.Popen([sys.executable, "-c", CREATION, url], stdin=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()

    assert [process.wait(timeout=60) for process in processes] == [0] * 6
    for process in processes:
        process.stdin.close()
    assert len(served.list()) == 6


def test_workers_that_ask_at_once_get_each_run_once(served):
    ids = {served.create(TINY_CONFIG, name="mine").id for _ in range(20)}

    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _: served.claim_next(), range(25)))

    taken = [claim.run_id for claim in claims if claim is not None]
    assert len(taken) == 20
    assert set(taken) == ids


def test_no_more_digits_are_kept_than_may_be_however_many_come_at_once(url, monkeypatch):
    monkeypatch.setattr(own_digits, "MAX_OWN_DIGITS", 20)
    own = OwnDigits(url, workspace="mine")

    def keep(number: int) -> bool:
        image = np.zeros((28, 28), np.uint8)
        image.flat[number] = 255
        try:
            own.add(image, 3)
        except TooManyDigitsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(keep, range(40)))

    assert kept.count(True) == own.count() == 20
    halves = own.all().is_test
    assert halves.sum() == 10
    own.close()


def test_a_server_that_was_restarted_is_found_again(postgres, served):
    run = served.create(TINY_CONFIG, name="mine")

    postgres.stop()
    with pytest.raises(StoreUnreachableError):
        served.list()
    postgres.start()
    served.database._refusals.clear()

    assert served.list() == [run]
    served.delete(run.id)


def test_a_database_that_was_emptied_is_filled_again(postgres, served):
    served.create(TINY_CONFIG, name="mine")
    postgres.empty()

    assert served.list() == []
    served.create(TINY_CONFIG, name="mine")
