"""The parts of MNIST that a network is scored on."""

from dataclasses import dataclass
from enum import StrEnum

from mnist_core.arrays import Images, Labels
from mnist_core.data.dataset import Dataset, Split
from mnist_core.settings.config import TrainingConfig


class Part(StrEnum):
    """A part of MNIST, seen from a run."""

    TEST = "test"
    VALIDATION = "validation"  # training images held back
    TRAIN = "train"  # training images learned from


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledImages:
    """Consecutive images of MNIST's training or test images.

    Attributes:
        split: Which of the two they are from.
        first_index: Row of the first image there.
        images: uint8, shape (n, 28, 28).
        labels: uint8, shape (n,).
    """

    split: Split
    first_index: int
    images: Images
    labels: Labels


def parts_of(config: TrainingConfig) -> tuple[Part, ...]:
    """Return the parts that a run has: validation only where images were held back for it."""
    if config.n_fit == config.n_train:
        return (Part.TEST, Part.TRAIN)
    return (Part.TEST, Part.VALIDATION, Part.TRAIN)


def part_of(dataset: Dataset, config: TrainingConfig, part: Part) -> LabelledImages:
    """Return the images of a part; as in training, the last images are held back for validation."""
    if part is Part.TEST:
        return LabelledImages(
            split="test",
            first_index=0,
            images=dataset.test_images,
            labels=dataset.test_labels,
        )
    start, end = (0, config.n_fit) if part is Part.TRAIN else (config.n_fit, config.n_train)
    return LabelledImages(
        split="train",
        first_index=start,
        images=dataset.train_images[start:end],
        labels=dataset.train_labels[start:end],
    )


def n_learned_from(config: TrainingConfig, images: LabelledImages) -> int:
    """Count the images that a run with this config learned from."""
    if images.split == "test":
        return 0
    return min(max(0, config.n_fit - images.first_index), len(images.images))
