"""Entries that a test adds to a table, as if they stood in the source."""

import gc
from collections.abc import Mapping
from typing import Any

import pytest


def add_entry(
    monkeypatch: pytest.MonkeyPatch, table: Mapping[str, Any], name: str, entry: object
) -> None:
    """Add an entry, or replace one, until the test ends; whoever imported the table sees it."""
    # A table is a read-only view of a dictionary that nothing else names.
    (entries,) = gc.get_referents(table)
    monkeypatch.setitem(entries, name, entry)
