"""Images of the dataset as tiles, with the same captions everywhere."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mnist_core.arrays import Images
from mnist_core.data.dataset import DisputedLabel
from mnist_core.data.parts import LabelledImages
from mnist_core.evaluation.answers import Answers
from mnist_core.evaluation.certainty import certainty
from pages.ui.base.language import _
from pages.ui.widgets.tiles import Tile, data_uri


def labelled_tiles(
    images: Images, labels: NDArray[np.integer], *, indices: Iterable[int] | None = None
) -> Sequence[Tile]:
    """Caption images with their label, and with their index where indices are given."""
    rows = range(len(images)) if indices is None else [int(index) for index in indices]
    return [
        Tile(
            index=index,
            src=data_uri(image),
            title=str(label),
            detail="" if indices is None else f"· {index}",
            label=_("digit {digit}, image {index}", digit=label, index=index),
        )
        for index, image, label in zip(rows, images, labels, strict=True)
    ]


def neighbour_tiles(
    images: Images, labels: NDArray[np.integer], indices: Iterable[int], *, expected: int
) -> Sequence[Tile]:
    """Caption training images with their label; one that is not the expected digit is marked."""
    tiles = []
    for index in (int(index) for index in indices):
        label = int(labels[index])
        is_same = label == expected
        values = {"index": index, "label": label, "expected": expected}
        tiles.append(
            Tile(
                index=index,
                src=data_uri(images[index]),
                title=str(label) if is_same else f"{label} ≠ {expected}",
                label=_("training image {index}: digit {label}", **values)
                if is_same
                else _("training image {index}: digit {label}, not {expected}", **values),
                mark="" if is_same else "miss",
            )
        )
    return tiles


def predicted_tiles(images: Images, result: Answers, indices: Iterable[int]) -> Sequence[Tile]:
    """Caption test images with the prediction; a miss is marked and tells the true digit."""
    tiles = []
    for index in (int(index) for index in indices):
        true, predicted = int(result.y_true[index]), int(result.y_pred[index])
        is_hit = true == predicted
        sure = certainty(float(result.confidence[index]), digits=0, is_right=is_hit)
        values = {"index": index, "true": true, "predicted": predicted, "sure": sure}
        tiles.append(
            Tile(
                index=index,
                src=data_uri(images[index]),
                title=f"{predicted} ✓" if is_hit else f"{true}→{predicted} ✗",
                detail=sure,
                label=_("image {index}: {true}, read right, {sure} sure", **values)
                if is_hit
                else _("image {index}: true {true}, read as {predicted}, {sure} sure", **values),
                mark="" if is_hit else "miss",
            )
        )
    return tiles


def examined_tiles(
    images: LabelledImages,
    result: Answers,
    positions: Iterable[int],
    *,
    disputed: Mapping[int, DisputedLabel],
) -> Sequence[Tile]:
    """Caption answers, by their positions in a result, with all there is to know of them."""
    tiles = []
    for position in positions:
        index = int(result.indices[position])
        true, predicted = int(result.y_true[position]), int(result.y_pred[position])
        is_hit = true == predicted
        sure, p_true = (
            certainty(float(p[position]), digits=1, is_right=is_hit)
            for p in (result.confidence, result.p_true)
        )
        label = (
            _("image {index}: {true}, read right, {sure} sure", index=index, true=true, sure=sure)
            if is_hit
            else _(
                "image {index}: true {true} ({p_true}), read as {predicted} ({sure})",
                index=index,
                true=true,
                p_true=p_true,
                predicted=predicted,
                sure=sure,
            )
        )
        if index in disputed:
            label = _("{image}; its label is disputed", image=label)
        tiles.append(
            Tile(
                index=index,
                src=data_uri(images.images[index - images.first_index]),
                title=f"{predicted} ✓" if is_hit else f"{true}→{predicted} ✗",
                detail=f"#{index}",
                note=f"{predicted}: {sure}"
                if is_hit
                else f"{predicted}: {sure} · {true}: {p_true}",
                label=label,
                mark="" if is_hit else "miss",
                badge="?" if index in disputed else "",
            )
        )
    return tiles
