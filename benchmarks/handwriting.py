"""How well handwriting from outside MNIST is read: `python -m benchmarks.handwriting [RUN ...]`.

First in pictures as people give them (`tests.scenes`): 55 digits in each scene, 30 on each sheet,
as the page and `predict` read them. What is read wrongly without being called unsure is what
nobody notices.

Then scikit-learn's 1,797 `load_digits` images, 8x8 pixels by other writers, are enlarged smoothly
to 200 px, black on white, as a scan might be. Each network reads them three times: with all the
steps of `steps.to_digit`, with the whole picture inverted and squeezed into 28x28, and squeezed
as it is. There is no bound: it is what a README or a lesson may claim.
"""

import argparse
import difflib
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from mnist_core.arrays import Images
from mnist_core.errors import MnistCoreError
from mnist_core.network.forward import Network
from mnist_core.pictures.sheet import SheetDigit, find_digits
from mnist_core.pictures.steps import Step, to_digit, to_digit_naively
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.store.run_store import RunStore
from tests import scenes

_SIDE: Final = 200  # px
_MAX_INK: Final = 16  # the darkest value of these images


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each scene and sheet, and for each network."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.handwriting",
        description="Measure how well networks read handwriting that is not MNIST's.",
    )
    parser.add_argument("runs", nargs="*", default=list(BASELINE_SEEDS), metavar="RUN")
    options = parser.parse_args(arguments)

    store = RunStore()
    networks = {run_id: store.network(run_id) for run_id in options.runs}
    print_scenes(networks)
    print_sheets(networks)

    handwriting = load_digits()
    pictures = [enlarge(image) for image in handwriting.images]
    seconds = []
    digits = []
    for picture in pictures:
        start = time.perf_counter()
        digits.append(to_digit(picture).digit)
        seconds.append(time.perf_counter() - start)
    inverted = [to_digit(picture, steps={Step.INVERT}).digit for picture in pictures]
    squeezed = [to_digit_naively(picture) for picture in pictures]

    print(f"{'':16}{'with the steps':>16}{'only inverted':>16}{'without':>16}")
    for run_id, network in networks.items():
        accuracies = [
            accuracy(network, np.stack(images), handwriting.target)
            for images in (digits, inverted, squeezed)
        ]
        print(f"{run_id:16}" + "".join(f"{share:16.3f}" for share in accuracies))
    median = 1e3 * statistics.median(seconds)
    print(f"{len(pictures)} pictures, {median:.2f} ms for the steps of one (median)")


def print_scenes(networks: Mapping[str, Network]) -> None:
    """Print how many of the digits of each scene are read, and how many wrongly without a doubt."""
    print(f"of {scenes.N_DIGITS} digits, read (and wrong, but not called unsure)")
    for name, draw in scenes.SCENES.items():
        right, unnoticed = Counter[str](), Counter[str]()
        seconds = []
        for seed, glyph in enumerate(scenes.glyphs()):
            picture = draw(glyph, seed)
            start = time.perf_counter()
            digits = found_digits(picture)
            seconds.append(time.perf_counter() - start)
            is_unsure = not digits or any(digit.is_unsure for digit in digits)
            for run_id, network in networks.items():
                is_right = readings(network, digits) == [glyph.label]
                right[run_id] += is_right
                unnoticed[run_id] += not is_right and not is_unsure
        counts = "".join(f"{right[run_id]:10} ({unnoticed[run_id]})" for run_id in networks)
        print(f"{name:28}{counts}{1e3 * statistics.median(seconds):8.0f} ms")


def print_sheets(networks: Mapping[str, Network]) -> None:
    """Print how many digits of each sheet are found and read, in their order."""
    labels = [glyph.label for glyph in scenes.glyphs()[-scenes.N_ON_SHEET :]]
    print(f"of {scenes.N_ON_SHEET} digits on a sheet, read in their order")
    for name, draw in scenes.SHEETS.items():
        picture = draw(1)
        start = time.perf_counter()
        digits = found_digits(picture)
        seconds = time.perf_counter() - start
        counts = "".join(
            f"{_n_in_order(readings(network, digits), labels):14}" for network in networks.values()
        )
        print(f"{name:28}{counts}{1e3 * seconds:8.0f} ms")


def _n_in_order(found: Sequence[int], wanted: Sequence[int]) -> int:
    matcher = difflib.SequenceMatcher(None, found, wanted, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def found_digits(picture: Image.Image) -> Sequence[SheetDigit]:
    """Find the digits of a picture; none where it cannot be read."""
    try:
        return find_digits(picture).digits
    except MnistCoreError:
        return ()


def readings(network: Network, digits: Sequence[SheetDigit]) -> list[int]:
    """Return what a network reads."""
    if not digits:
        return []
    answers = network.probabilities(np.stack([digit.digit for digit in digits]))
    read: list[int] = answers.argmax(axis=1).tolist()
    return read


def enlarge(image: np.ndarray) -> Image.Image:
    """Enlarge one of these images smoothly, dark ink on bright paper."""
    grey = 255 - np.rint(image / _MAX_INK * 255).astype(np.uint8)
    return Image.fromarray(grey).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)


def accuracy(network: Network, images: Images, y_true: np.ndarray) -> float:
    """Return the share of the images that a network reads right, 0..1."""
    return float(np.mean(network.probabilities(images).argmax(axis=1) == y_true))


if __name__ == "__main__":
    main()
