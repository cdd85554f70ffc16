import time

import pytest
import sqlalchemy as sa

from mnist_core.store.clock import now
from tests.core.samples import TINY_CONFIG


def test_it_tells_the_seconds_since_1970(store):
    with store.database.read() as connection:
        before, told, after = (
            time.time(),
            connection.execute(sa.select(now())).scalar(),
            time.time(),
        )

    assert before - 0.01 <= told <= after + 0.01


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_of_a_server_has_no_part_in_it(store, monkeypatch, hours):
    first = store.create(TINY_CONFIG, name="first").created_at
    monkeypatch.setattr(time, "time", lambda: first + 3_600 * hours)

    second = store.create(TINY_CONFIG, name="second").created_at

    assert first <= second < first + 1_800


def test_how_long_a_worker_is_silent_is_told_by_it_too(store, later):
    store.create(TINY_CONFIG, name="mine")
    claim = store.claim_next()
    later(90)
    assert store.get(claim.run_id).silent_seconds == pytest.approx(90, abs=30)

    store.beat(claim)

    assert store.get(claim.run_id).silent_seconds < 30
