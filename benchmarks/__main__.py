"""Measure everything and print one table."""

from benchmarks import serving, training
from benchmarks.table import Row, print_table


def main() -> None:
    """Run all benchmarks in this process and in servers of its own."""
    rows: list[Row] = [*serving.measure(), *training.measure()]
    print_table(rows)


if __name__ == "__main__":
    main()
