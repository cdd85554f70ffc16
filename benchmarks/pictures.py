"""Pictures to digits: a photo, a sheet, and the slide map; milliseconds of a warm process.

The bounds: from the decoded pixels of a 12-megapixel photo to 28x28 at most 150 ms, a sheet of 50
digits at most 500 ms, the 169 predictions of the slide map at most 10 ms.
"""

import statistics
import time
from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image

from benchmarks.table import Row
from mnist_core.arrays import Images
from mnist_core.data.dataset import load_dataset
from mnist_core.network.damage import slide_map
from mnist_core.network.forward import Network
from mnist_core.pictures.files import read_picture
from mnist_core.pictures.sheet import read_sheet
from mnist_core.pictures.steps import to_digit
from mnist_core.store.baselines import load_baseline_weights, load_baselines
from tests.core.samples import file_bytes, on_photographed_paper

_N_TIMES: Final = 11
_PHOTO: Final = (4_032, 3_024)  # 12 megapixels
_RUNS: Final = ("mlp-512", "best-mlp")
_CELL: Final = 96  # px of a digit on the sheet


def measure() -> list[Row]:
    """Return the medians."""
    images = load_dataset().test_images
    photo = on_photographed_paper(images[0]).resize(_PHOTO).convert("RGB")
    content = file_bytes(photo, "JPEG", quality=85)
    decoding = _milliseconds(lambda: read_picture(content))
    sheet = _sheet(images[:50])
    assert len(read_sheet(sheet).digits) == 50
    rows = [
        _row(
            "the pixels of a 12-megapixel photo to 28x28",
            _milliseconds(lambda: to_digit(photo)),
            f"its decoding {decoding:.0f} ms",
            150,
        ),
        _row("a sheet of 50 digits", _milliseconds(lambda: read_sheet(sheet)), "", 500),
    ]
    for run in _RUNS:
        network = Network(load_baselines()[run].config, load_baseline_weights(run))
        milliseconds = _slide_milliseconds(network, images[0])
        rows.append(_row(f"169 predictions of {run} for the slide map", milliseconds, "", 10))
    return rows


def _slide_milliseconds(network: Network, digit: Images) -> float:
    return _milliseconds(lambda: slide_map(network, digit))


def _milliseconds(function: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_N_TIMES):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return 1e3 * statistics.median(seconds)


def _sheet(images: Images) -> Image.Image:
    """Write 50 images on white paper, ten in a line."""
    cells = [
        np.asarray(Image.fromarray(image).resize((_CELL, _CELL), Image.Resampling.BICUBIC))
        for image in images
    ]
    lines = [np.hstack(cells[start : start + 10]) for start in range(0, 50, 10)]
    return Image.fromarray(255 - np.pad(np.vstack(lines), 20))


def _row(what: str, milliseconds: float, other: str, at_most: float) -> Row:
    return Row(
        what=what,
        ours=f"{milliseconds:.1f} ms",
        other=other or f"median of {_N_TIMES}",
        figure=milliseconds,
        at_most=at_most,
        unit=" ms",
    )
