"""Disks in a bad state: what cannot be written, and what is full; where the machine allows it."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


class NotAllowedError(Exception):
    """This machine does not let us do that; the text says what."""


@contextlib.contextmanager
def unwritable(*paths: Path) -> Iterator[None]:
    """Let nobody write to files or into folders; as root, not even who has opened them before.

    Raises:
        NotAllowedError: The disk knows no such attribute.
    """
    modes = {path: path.stat().st_mode for path in paths}
    is_root = os.geteuid() == 0  # whom modes do not keep out
    if is_root:
        _do("chattr", "+i", *paths)
    else:
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        if is_root:
            _do("chattr", "-i", *paths)
        else:
            for path, mode in modes.items():
                path.chmod(mode)


@contextlib.contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[None]:
    """Let an empty folder be a disk of its own.

    Raises:
        NotAllowedError: Nothing can be mounted here.
    """
    _do("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder)
    try:
        yield
    finally:
        _do("umount", "--lazy", folder)


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave no room on the disk of a folder."""
    filler = folder / "filler"
    try:
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4_096))
        yield
    finally:
        filler.unlink(missing_ok=True)


def _do(program: str, *arguments: object) -> None:
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if path is None:
        raise NotAllowedError(f"no {program} here")
    done = subprocess.run([path, *map(str, arguments)], capture_output=True, check=False)
    if done.returncode:
        raise NotAllowedError(f"{program} is not allowed here")
