"""Numbers as people read them."""

from typing import Final

from pages.ui.base.language import _

# For table columns that hold percentages already multiplied by 100: always two decimals.
PERCENT_FORMAT: Final = "%.2f%%"
_MINUTES_FROM: Final = 90.0  # seconds; longer times are told in minutes
_HOURS_FROM: Final = 90.0  # minutes


def percent(share: float, *, digits: int = 2) -> str:
    """Write a share 0..1 as a percentage."""
    return f"{share:.{digits}%}"


def duration(seconds: float) -> str:
    """Write a time as people say it, in the largest unit that fits."""
    if seconds < _MINUTES_FROM:
        return _("{seconds} s", seconds=f"{seconds:.0f}")
    if seconds / 60 < _HOURS_FROM:
        return _("{minutes} min", minutes=f"{seconds / 60:.0f}")
    return _("{hours} h", hours=f"{seconds / 3600:.1f}")
