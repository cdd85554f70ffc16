"""How often those who watch a training are shown what is new: the more they are, the seldomer."""

import secrets
import threading
import time
from typing import Final

import streamlit as st

# Watchers at most -> seconds between two looks of one who comes then: thirty together ask some
# thirty times a second, which leaves two processors to the training and to all other visitors.
_PERIODS: Final = ((4, 0.5), (30, 0.9))
_LONGEST_SECONDS: Final = 1.8
# One who has not looked for so long has gone.
_GONE_SECONDS: Final = 6.0
_ID: Final = "mnist.watcher"

# One look is drawn at a time: whoever else visits the server then shares it with one watcher, not
# with all of them.
drawing: Final = threading.Lock()

_lock = threading.Lock()
_seen: dict[str, float] = {}


def look() -> int:
    """Count this visitor among those who watch now; return how many they are."""
    watcher = st.session_state.setdefault(_ID, secrets.token_hex(8))
    now = time.monotonic()
    with _lock:
        _seen[watcher] = now
        for gone in [each for each, at in _seen.items() if now - at > _GONE_SECONDS]:
            del _seen[gone]
        return len(_seen)


def period() -> float:
    """Return the seconds until this visitor is to look again."""
    n_watchers = look()
    return next((seconds for most, seconds in _PERIODS if n_watchers <= most), _LONGEST_SECONDS)
