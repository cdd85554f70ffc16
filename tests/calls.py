"""Counting how often functions are called."""

import functools
import sys
from collections import Counter
from collections.abc import Callable

import pytest


def count_calls(monkeypatch: pytest.MonkeyPatch, *functions: Callable[..., object]) -> Counter[str]:
    """Count the calls of functions by their names, from whichever module of the app they come."""
    counts: Counter[str] = Counter()

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(function)
        def count(*args: object, **kwargs: object) -> object:
            counts[function.__name__] += 1
            return function(*args, **kwargs)

        return count

    for function in functions:
        count = counted(function)
        for name, module in list(sys.modules.items()):
            in_app = name.split(".")[0] in ("mnist_core", "pages")
            if in_app and vars(module).get(function.__name__) is function:
                monkeypatch.setattr(module, function.__name__, count)
    return counts
