"""The table that the benchmarks print."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured claim: what was measured, both values, the figure and its bound."""

    what: str
    ours: str
    other: str
    figure: float
    at_most: float
    unit: str = ""


def milliseconds_row(what: str, seconds: float, *, at_most: float, other: str) -> Row:
    """Return the row of a time, given with its bound in seconds and told in milliseconds."""
    return Row(
        what=what,
        ours=f"{1e3 * seconds:.0f} ms",
        other=other,
        figure=1e3 * seconds,
        at_most=1e3 * at_most,
        unit=" ms",
    )


def print_table(rows: list[Row]) -> None:
    """Print the rows with a mark for those that are within their bound."""
    lines = [("what", "ours", "compared with", "figure", "at most", "")]
    lines += [
        (
            row.what,
            row.ours,
            row.other,
            f"{row.figure:.2f}{row.unit}",
            f"{row.at_most:.2f}{row.unit}",
            "ok" if row.figure <= row.at_most else "MISSED",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)))


def p95(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]
