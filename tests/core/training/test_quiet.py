"""Silencing what is written to standard error from below Python."""

import os
import sys

import pytest

from mnist_core.training.quiet import silenced_stderr


def test_what_is_written_to_the_descriptor_within_goes_nowhere(capfd):
    os.write(2, b"before ")
    with silenced_stderr():
        os.write(2, b"within ")
        print("printed", file=sys.__stderr__, flush=True)
    os.write(2, b"after")

    assert capfd.readouterr().err == "before after"


def test_an_exception_passes_and_the_descriptor_is_back(capfd):
    with pytest.raises(ImportError, match="no tensorflow"), silenced_stderr():
        raise ImportError("no tensorflow")
    os.write(2, b"after")

    assert capfd.readouterr().err == "after"
