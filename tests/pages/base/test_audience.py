import pytest
import streamlit as st

from pages.ui.base import audience


@pytest.fixture
def come(monkeypatch):
    """Let so many watchers come, each in a session of its own; return what each is told."""
    monkeypatch.setattr(audience, "_seen", {})

    def come(n: int) -> list[float]:
        periods = []
        for _ in range(n):
            monkeypatch.setattr(st, "session_state", {})
            periods.append(audience.period())
        return periods

    return come


def test_the_more_watch_the_seldomer_each_looks(come):
    periods = come(60)

    assert periods == sorted(periods)
    assert (periods[0], periods[-1]) == (0.5, 1.8)


def test_thirty_are_each_answered_within_a_second(come):
    assert max(come(30)) < 1


def test_one_who_looks_again_is_still_one(come, monkeypatch):
    come(1)

    assert [audience.look() for _ in range(10)] == [1] * 10


def test_who_has_gone_is_not_counted(come, monkeypatch):
    come(10)
    monkeypatch.setattr(audience, "_GONE_SECONDS", -1.0)

    assert audience.look() == 0
