"""Look for pictures that break the core; no part of `make test`."""
