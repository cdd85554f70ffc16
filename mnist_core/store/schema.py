"""The tables of the run store. Times (`..._at`) are seconds since 1970, by the database's clock.

A change here needs a step in `versions`, which brings the stores of earlier versions to it.
"""

from typing import Any, Final

import sqlalchemy as sa

MAX_NAME_LENGTH: Final = 80
_MAX_TITLE_LENGTH: Final = MAX_NAME_LENGTH + 20  # with the run's number
METADATA: Final = sa.MetaData()


# One row: which version of the tables this is.
STORE_VERSION: Final = sa.Table(
    "store_version",
    METADATA,
    sa.Column("number", sa.Integer, nullable=False),
)

RUNS: Final = sa.Table(
    "runs",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),  # counts the runs
    sa.Column("id", sa.String(16), unique=True, nullable=False),
    sa.Column("workspace", sa.String(64), nullable=False),
    sa.Column("name", sa.String(MAX_NAME_LENGTH), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("config", sa.JSON, nullable=False),
    sa.Column("stop_requested", sa.Boolean, nullable=False, default=False),
    sa.Column("progress", sa.JSON(none_as_null=True)),
    sa.Column("history", sa.JSON, nullable=False),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("failure", sa.JSON(none_as_null=True)),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("heartbeat_at", sa.Double),
    sa.Column("finished_at", sa.Double),
    # Who waits longer has the smaller; None in what never waits.
    sa.Column("queue_number", sa.Integer),
    sa.Column("worker", sa.String(32)),  # holds the run, or held it last
    sa.Column("beat", sa.Integer, nullable=False, server_default="0"),  # counts the signs of life
    sa.Column("n_losses", sa.Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,  # the number of a deleted run is not given again
)


def _table_by_run(name: str, content: "sa.Column[Any]") -> sa.Table:
    """Make a table of something that some runs have."""
    return sa.Table(name, METADATA, sa.Column("run_id", sa.String(16), primary_key=True), content)


# Apart from the runs, so that a list of runs never reads megabytes.
WEIGHTS: Final = _table_by_run("weights", sa.Column("content", sa.LargeBinary, nullable=False))


# What a training needs to go on.
CHECKPOINTS: Final = _table_by_run(
    "checkpoints", sa.Column("content", sa.LargeBinary, nullable=False)
)


# What the network answered to the test images after each epoch.
EPOCHS: Final = sa.Table(
    "epochs",
    METADATA,
    sa.Column("run_id", sa.String(16), primary_key=True),
    sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),  # from 1
    sa.Column("content", sa.LargeBinary, nullable=False),
)
# What an ended run was before it was asked to go on, in case that is cancelled.
FORMER: Final = _table_by_run("former", sa.Column("content", sa.JSON, nullable=False))


# What a fine-tuned run begins with.
FINE_TUNINGS: Final = sa.Table(
    "fine_tunings",
    METADATA,
    sa.Column("run_id", sa.String(16), primary_key=True),
    sa.Column("base_id", sa.String(16)),  # the other run; None in a store that did not know it
    sa.Column("base", sa.String(_MAX_TITLE_LENGTH), nullable=False),  # its title at that time
    sa.Column("content", sa.LargeBinary, nullable=False),
)
# Runs that are deleted, and can still be brought back.
DELETED: Final = _table_by_run("deleted", sa.Column("deleted_at", sa.Double, nullable=False))


# Own digits, with their labels.
OWN_DIGITS: Final = sa.Table(
    "own_digits",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("label", sa.Integer, nullable=False),
    sa.Column("is_test", sa.Boolean, nullable=False),
    sa.Column("pixels", sa.LargeBinary, nullable=False),  # 784 bytes, row by row
    sqlite_autoincrement=True,  # the id of a deleted digit is not given again
)
