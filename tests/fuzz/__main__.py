"""Give the core broken files and odd pictures for a while: `python -m tests.fuzz [SECONDS]`.

Whatever it is given, it makes a digit of it or says with an error of its own why not, and the
memory of the process stays bounded. What breaks that is shown in its smallest form.
"""

import argparse
import contextlib
import faulthandler
import resource
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
import psutil
from hypothesis import HealthCheck, given, settings
from PIL import Image

from mnist_core.errors import MnistCoreError
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.sheet import read_sheet
from mnist_core.pictures.steps import ALL_STEPS, Step, to_digit, to_digit_naively
from tests.fuzz.strategies import (
    EDITED_FILES,
    FILES,
    IS_DARK_ON_BRIGHT,
    PICTURES,
    SEEDS,
    STEPS,
    scattered,
)

_SECONDS: Final = 60.0
_N_AT_ONCE: Final = 200
_FILE_AT_HAND: Final = Path(".hypothesis/file_at_hand")
# Decoding alone may take 215 MB. Of address space, which is more, the system gives no more.
_MAX_GROWTH: Final = 300e6
_MAX_MORE: Final = 1_000_000_000

_SETTINGS: Final = settings(
    max_examples=_N_AT_ONCE,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
_n_times: Counter[str] = Counter()


@_SETTINGS
@given(FILES, SEEDS)
def _a_file_with_a_few_wrong_bytes_is_read_or_refused(content: bytes, seed: int) -> None:
    pictures = [picture for file in scattered(content, seed) if (picture := _read(file))]
    if pictures:
        _check(pictures[-1], ALL_STEPS, None)


@_SETTINGS
@given(EDITED_FILES)
def _an_edited_file_is_read_or_refused(content: bytes) -> None:
    if picture := _read(content):
        _check(picture, ALL_STEPS, None)


def _read(content: bytes) -> Image.Image | None:
    """Read a file; what ends the process altogether is then still on the disk."""
    _FILE_AT_HAND.write_bytes(content)
    _n_times["files"] += 1
    try:
        picture = read_picture(content)
    except MnistCoreError:
        return None
    _n_times["files that were read"] += 1
    return picture


@_SETTINGS
@given(PICTURES, STEPS, IS_DARK_ON_BRIGHT)
def _a_picture_gives_digits_or_is_refused(
    picture: Image.Image, steps: frozenset[Step], is_dark_on_bright: bool | None
) -> None:
    _n_times["pictures"] += 1
    _check(picture, steps, is_dark_on_bright)


def _check(picture: Image.Image, steps: frozenset[Step], is_dark_on_bright: bool | None) -> None:
    _check_shape(to_digit_naively(picture))
    with contextlib.suppress(MnistCoreError):
        digit = to_digit(picture, steps=steps, is_dark_on_bright=is_dark_on_bright).digit
        _n_times["digits"] += 1
        # A whole picture in fine stripes may become an even grey, and faint ink black.
        (_check_digit if steps >= {Step.BACKGROUND, Step.SCALE} else _check_shape)(digit)
    with contextlib.suppress(MnistCoreError):
        for found in read_sheet(picture, is_dark_on_bright=is_dark_on_bright).digits:
            _n_times["digits of sheets"] += 1
            _check_digit(found.digit)


def _check_digit(digit: np.ndarray) -> None:
    _check_shape(digit)
    assert digit.min() < digit.max(), "the digit is blank"


def _check_shape(digit: np.ndarray) -> None:
    assert (digit.dtype, digit.shape) == (np.uint8, (28, 28))


def _peak() -> float:
    """Return the most bytes that the process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Go on until the time is over or something breaks."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("seconds", nargs="?", type=float, default=_SECONDS)
    _FILE_AT_HAND.parent.mkdir(exist_ok=True)
    faulthandler.enable()
    deadline = time.monotonic() + parser.parse_args().seconds
    before = psutil.Process().memory_info()
    resource.setrlimit(resource.RLIMIT_AS, (before.vms + _MAX_MORE,) * 2)
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", module="PIL")  # what it says of damaged files
    while time.monotonic() < deadline:
        _a_file_with_a_few_wrong_bytes_is_read_or_refused()
        _an_edited_file_is_read_or_refused()
        _a_picture_gives_digits_or_is_refused()
    growth = _peak() - before.rss
    counts = ", ".join(f"{count:,} {what}" for what, count in _n_times.items())
    sys.stdout.write(f"{counts}; {growth / 1e6:.0f} MB more memory than at the start\n")
    assert growth <= _MAX_GROWTH, "the memory grew without bounds"


if __name__ == "__main__":
    main()
