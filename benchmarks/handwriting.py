"""How well handwriting from outside MNIST is read: `python -m benchmarks.handwriting [RUN ...]`.

scikit-learn's 1,797 `load_digits` images, 8x8 pixels by other writers, are enlarged smoothly to
200 px, black on white, as a scan might be. Each network reads them three times: with all the
steps of `steps.to_digit`, with the whole picture inverted and squeezed into 28x28, and squeezed
as it is. There is no bound: it is what a README or a lesson may claim.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from mnist_core.arrays import Images
from mnist_core.network.forward import Network
from mnist_core.pictures.steps import Step, to_digit, to_digit_naively
from mnist_core.store.baselines import BASELINE_SEEDS
from mnist_core.store.run_store import RunStore

_SIDE: Final = 200  # px
_MAX_INK: Final = 16  # the darkest value of these images


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each network."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.handwriting",
        description="Measure how well networks read handwriting that is not MNIST's.",
    )
    parser.add_argument("runs", nargs="*", default=list(BASELINE_SEEDS), metavar="RUN")
    options = parser.parse_args(arguments)

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

    store = RunStore()
    print(f"{'':16}{'with the steps':>16}{'only inverted':>16}{'without':>16}")
    for run_id in options.runs:
        network = store.network(run_id)
        accuracies = [
            accuracy(network, np.stack(images), handwriting.target)
            for images in (digits, inverted, squeezed)
        ]
        print(f"{run_id:16}" + "".join(f"{share:16.3f}" for share in accuracies))
    median = 1e3 * statistics.median(seconds)
    print(f"{len(pictures)} pictures, {median:.2f} ms for the steps of one (median)")


def enlarge(image: np.ndarray) -> Image.Image:
    """Enlarge one of these images smoothly, dark ink on bright paper."""
    grey = 255 - np.rint(image / _MAX_INK * 255).astype(np.uint8)
    return Image.fromarray(grey).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)


def accuracy(network: Network, images: Images, y_true: np.ndarray) -> float:
    """Return the share of the images that a network reads right, 0..1."""
    return float(np.mean(network.probabilities(images).argmax(axis=1) == y_true))


if __name__ == "__main__":
    main()
