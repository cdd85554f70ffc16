"""The workers that train; apart from `cache`, since loading them takes longer than a page."""

import threading

from mnist_core.store.database import default_url
from mnist_core.store.run_store import RunStore
from mnist_core.workers.dispatcher import Dispatcher

# One for this process and store. Not in Streamlit's cache, which any visitor can clear: each new
# one would start processes of its own.
_dispatchers: dict[str, Dispatcher] = {}
_lock = threading.Lock()


def dispatcher() -> Dispatcher:
    """Return what hands the waiting runs of the store to workers."""
    url = default_url()
    with _lock:
        if url not in _dispatchers:
            _dispatchers[url] = Dispatcher(RunStore(url))
            _dispatchers[url].start()
        return _dispatchers[url]
