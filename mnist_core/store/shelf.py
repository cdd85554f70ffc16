"""What the functions of the run store share."""

from collections.abc import Mapping
from typing import Protocol

from mnist_core.runs.run import Run
from mnist_core.store.database import Database


class Shelf(Protocol):
    """Where the runs of a workspace are.

    Attributes:
        database: Holds the runs of every workspace.
        workspace: Whose runs are listed and created.
        shipped: The baselines, by slug.
    """

    database: Database
    workspace: str
    shipped: Mapping[str, Run]
