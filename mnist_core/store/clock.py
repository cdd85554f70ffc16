"""The database's clock, by which all times in it are told: the machines around it may differ."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

_UNIX_EPOCH_IN_JULIAN_DAYS: Final = 2_440_587.5
_SECONDS_A_DAY: Final = 86_400.0


class now(FunctionElement[float]):  # noqa: N801  # used like a function of SQL
    """The seconds since 1970, UTC, as the database tells them."""

    type = sa.Double()
    inherit_cache = True


@compiles(now, "postgresql")
def _on_postgresql(_element: now, _compiler: SQLCompiler, **_options: Any) -> str:
    # Not `now()`, which stands still during a transaction.
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"


@compiles(now, "sqlite")
def _on_sqlite(_element: now, _compiler: SQLCompiler, **_options: Any) -> str:
    return f"((julianday('now') - {_UNIX_EPOCH_IN_JULIAN_DAYS}) * {_SECONDS_A_DAY})"
