"""Pictures that many visitors bring at the same moment: the memory they take, and the wait.

The bound: sixteen pictures of 24 megapixels take no more than two of them, some 110 MB each, and
all that is kept of the sixteen. In a fresh process, whose peak is that of the pictures.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from benchmarks.table import Row
from mnist_core.pictures.files import MAX_FILE_BYTES, read_picture

_N_PICTURES: Final = 16
_SIZE: Final = (6_000, 4_000)  # 24 megapixels
_AT_MOST_MB: Final = 300


def measure() -> list[Row]:
    """Measure a photo and a screenshot, each in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        return [_row(Path(name), file_format) for file_format in ("JPEG", "PNG")]


def _row(folder: Path, file_format: str) -> Row:
    path = folder / file_format
    _picture().save(path, file_format)
    assert path.stat().st_size <= MAX_FILE_BYTES
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pastes", str(path)], check=True, capture_output=True
    )
    growth, alone, slowest = json.loads(done.stdout)
    return Row(
        what=f"memory for {_N_PICTURES} pictures at once, each a {file_format} of 24 megapixels",
        ours=f"{growth:.0f} MB",
        other=f"slowest {slowest:.1f} s, one alone {alone:.2f} s",
        figure=growth,
        at_most=_AT_MOST_MB,
        unit=" MB",
    )


def _picture() -> Image.Image:
    """Draw shades, which make a file that is not too large."""
    x, y = np.meshgrid(*(np.arange(side, dtype=np.uint16) for side in _SIZE))
    return Image.fromarray(np.stack([x // 24, y // 16, (x + y) // 40], axis=2).astype(np.uint8))


def _megabytes(what: str) -> float:
    """Return the memory of this process, now (VmRSS) or at its peak (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{what}:"))
    return int(line.split()[1]) * 1_024 / 1e6


def main(path: str) -> None:
    """Read one picture many times at once; print the growth of the memory, and seconds."""
    content = Path(path).read_bytes()
    together = threading.Barrier(_N_PICTURES)
    before = _megabytes("VmRSS")

    def paste() -> tuple[Image.Image, float]:
        together.wait()
        start = time.perf_counter()
        return read_picture(content), time.perf_counter() - start

    with ThreadPoolExecutor(_N_PICTURES) as threads:
        pasted = [future.result() for future in [threads.submit(paste) for _ in range(_N_PICTURES)]]
    growth = _megabytes("VmHWM") - before
    start = time.perf_counter()
    read_picture(content)
    alone = time.perf_counter() - start
    print(json.dumps([growth, alone, max(seconds for _picture, seconds in pasted)]))


if __name__ == "__main__":
    main(sys.argv[1])
