"""Numbers as people read them."""

from typing import Final

# For table columns that hold percentages already multiplied by 100: always two decimals.
PERCENT_FORMAT: Final = "%.2f%%"


def percent(share: float, *, digits: int = 2) -> str:
    """Write a share 0..1 as a percentage."""
    return f"{share:.{digits}%}"
