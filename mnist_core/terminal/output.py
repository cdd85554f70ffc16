"""What the commands print, whatever reads it, and what they are told."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

BAD_INPUT: Final = 2  # the exit status


def take_any_character() -> None:
    """Let both streams write what their encoding lacks as an escape, instead of raising.

    The name of a run may be Chinese, and Windows redirects to a file in cp1252.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # tests put others in their place
            stream.reconfigure(errors="backslashreplace")


def text(argument: str) -> str:
    """Replace the bytes of an argument that are no characters: no store can keep them."""
    return argument.encode(errors="surrogateescape").decode(errors="replace")


@contextmanager
def quiet_when_closed() -> Iterator[None]:
    """Leave quietly when nobody reads on, as `head` does after ten lines."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at the end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_json(value: Any) -> None:
    """Print one JSON value."""
    say(json.dumps(value))


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def tell(sentence: object) -> None:
    """Say something beside the output, on standard error."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
