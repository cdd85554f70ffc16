"""Small values that many tests need: a tiny network, and what a training of it may leave."""

import io
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

from mnist_core.evaluation.by_epoch import EpochAnswers
from mnist_core.runs.checkpoint import Checkpoint
from mnist_core.runs.progress import Progress, Result
from mnist_core.settings.config import Augmentation, HiddenLayer, TrainingConfig

TINY_CONFIG = TrainingConfig(layers=(HiddenLayer(2),), epochs=2, n_train=100)
TINY_WEIGHTS = (
    np.full((784, 2), 0.5, np.float32),
    np.array([0.1, -0.1], np.float32),
    np.full((2, 10), -0.25, np.float32),
    np.arange(10, dtype=np.float32),
)
PROGRESS = Progress(
    epoch=2,
    n_epochs=2,
    batch=1,
    n_batches=4,
    images_per_second=2_000.0,
    eta_seconds=0.5,
    curve=((0.5, 2.0, 0.25), (1.0, 1.5, 0.5)),
)
HISTORY = {"loss": [1.75], "accuracy": [0.375]}
CHECKPOINT = Checkpoint(
    variables=(np.full((2, 3), 0.5, np.float32), np.array(7, np.int64)),
    history=HISTORY,
    epoch_seconds=(0.25,),
    curve=((0.5, 2.0, 0.25), (1.0, 1.5, 0.5)),
)
# Of four images; the second is a 2 that is taken for an 8.
ANSWERS = EpochAnswers(
    y_pred=np.array([7, 8, 1, 0], np.uint8),
    confidence=np.array([0.9, 0.6, 0.8, 0.7], np.float32),
    p_true=np.array([0.9, 0.25, 0.8, 0.7], np.float32),
)
RESULT = Result(
    train_accuracy=0.75,
    validation_accuracy=None,
    test_accuracy=0.5,
    epoch_seconds=(0.25, 0.125),
    total_seconds=1.5,
)

# Four layers and far too large steps: the numbers soon leave the range of float32.
DIVERGING_CONFIG = TrainingConfig(
    layers=(HiddenLayer(64, "elu"),) * 4,
    optimizer="sgd",
    learning_rate=10.0,
    batch_size=32,
    epochs=1,
    n_train=1_000,
)

# A value for every field that is not its default.
OTHER_SETTINGS: dict[str, Any] = {
    "layers": (HiddenLayer(64, "tanh"),),
    "optimizer": "sgd",
    "learning_rate": 0.5,
    "batch_size": 7,
    "epochs": 9,
    "validation_split": 0.25,
    "loss": "categorical_crossentropy",
    "initializer": "normal",
    "n_train": 100,
    "seed": 5,
    "l2": 0.01,
    "learning_rate_decay": 0.5,
    "patience": 3,
    "augmentation": Augmentation(shift=1.0, rotation=2.0, zoom=0.25, elastic=3.0),
}


def file_bytes(picture: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    """Write a picture as the bytes of a file."""
    buffer = io.BytesIO()
    if file_format == "HEIF":  # the app can read these, not write them
        pillow_heif.encode(picture.mode, picture.size, picture.tobytes(), buffer, **options)
    else:
        picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def black_on_white(image: np.ndarray, size: int = 280) -> Image.Image:
    """Draw a MNIST image as somebody would on paper: dark on bright, enlarged."""
    return Image.fromarray(255 - image).resize((size, size), Image.Resampling.NEAREST)


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(image)
    weights = image[rows, columns].astype(float)
    return float(np.average(rows, weights=weights)), float(np.average(columns, weights=weights))


def photographed_paper(size: int = 280, *, grain: float = 5.0, seed: int = 0) -> np.ndarray:
    """Paper under a lamp at one side, in a lens that darkens the corners, with grain; float."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    noise = np.random.default_rng(seed).normal(0, grain, (size, size))
    return 200 - 40 * x - 30 * (x**2 + y**2) + noise


def on_photographed_paper(image: np.ndarray, size: int = 280, *, seed: int = 0) -> Image.Image:
    """Write a MNIST image on such paper with ink that is 90 grey levels darker."""
    ink = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC))
    grey = photographed_paper(size, seed=seed) - 90 * (ink / 255)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
