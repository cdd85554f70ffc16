"""Measure everything and print one table."""

from benchmarks import (
    distortion,
    drawing,
    mistakes,
    pastes,
    pictures,
    reruns,
    serving,
    training,
    watchers,
    whole_run,
)
from benchmarks.table import Row, print_table


def main() -> None:
    """Run all benchmarks in processes and servers of their own."""
    parts = (
        serving,
        mistakes,
        drawing,
        pictures,
        pastes,
        training,
        distortion,
        whole_run,
        reruns,
        watchers,
    )
    rows: list[Row] = [row for part in parts for row in part.measure()]
    print_table(rows)


if __name__ == "__main__":
    main()
