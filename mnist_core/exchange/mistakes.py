"""Mistakes to take home: as a table, and as a sheet of pictures."""

import io
from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mnist_core.arrays import IMAGE_SIZE, N_CLASSES, FloatArray, Images
from mnist_core.data.parts import Part
from mnist_core.evaluation.answers import Answers
from mnist_core.evaluation.certainty import certainty

_SCALE: Final = 3
_TILE: Final = _SCALE * IMAGE_SIZE
_GAP: Final = 12
_CAPTION: Final = 34
_COLUMNS: Final = 10
_FONT_SIZE: Final = 13


def mistakes_csv(
    answers: Answers,
    probabilities: FloatArray | None = None,
    *,
    run: str,
    part: Part,
    epoch: int | None = None,
    disputed: Collection[int] = (),
) -> str:
    """Write a table with one row for each mistake, as CSV.

    Columns: run, part and epoch (empty for the trained network); index (row of the image in its
    part of the data), true, predicted, disputed (whether human raters dispute the label, 0 or 1),
    p_predicted and p_true (probabilities, 0..1); then p_0 to p_9, if `probabilities` are given.

    Args:
        answers: The answers.
        run: The id of the run whose answers they are.
        part: Which images they are.
        epoch: The epoch after which they were given; None for the trained network.
        disputed: The indices of images whose label is disputed.
        probabilities: What the network answers to the misread images, in their order, shape
            (n_wrong, 10).
    """
    is_wrong = ~answers.is_correct
    table = pd.DataFrame(
        {
            "run": run,
            "part": str(part),
            "epoch": "" if epoch is None else epoch,
            "index": answers.indices[is_wrong],
            "true": answers.y_true[is_wrong],
            "predicted": answers.y_pred[is_wrong],
            "disputed": np.isin(answers.indices[is_wrong], list(disputed)).astype(int),
            "p_predicted": answers.confidence[is_wrong],
            "p_true": answers.p_true[is_wrong],
        }
    )
    if probabilities is not None:
        for digit in range(N_CLASSES):
            table[f"p_{digit}"] = probabilities[:, digit]
    return str(table.to_csv(index=False, lineterminator="\n"))


def contact_sheet(
    images: Images, answers: Answers, positions: NDArray[np.integer], *, first_index: int = 0
) -> bytes:
    """Draw images in rows of ten, each above its label, prediction and confidence, as a PNG.

    Args:
        images: The images, uint8, shape (n, 28, 28).
        answers: The answers to some or all of them.
        positions: Which of the answers to draw, in this order, shape (k,), from 0.
        first_index: The index that `answers` has for the first of the images.
    """
    n_rows = -(-len(positions) // _COLUMNS)
    width = _GAP + _COLUMNS * (_TILE + _GAP)
    sheet = Image.new("L", (width, _GAP + n_rows * (_TILE + _CAPTION + _GAP)), 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(_FONT_SIZE)
    for number, position in enumerate(positions):
        row, column = divmod(number, _COLUMNS)
        left = _GAP + column * (_TILE + _GAP)
        top = _GAP + row * (_TILE + _CAPTION + _GAP)
        index = int(answers.indices[position])
        digit = Image.fromarray(images[index - first_index])
        sheet.paste(digit.resize((_TILE, _TILE), Image.Resampling.NEAREST), (left, top))
        read = f"{answers.y_true[position]} > {answers.y_pred[position]}"
        sure = certainty(
            float(answers.confidence[position]),
            digits=0,
            is_right=bool(answers.is_correct[position]),
        )
        for line, text in enumerate((f"{read}  {sure}", f"#{index}")):
            draw.text(
                (left + _TILE / 2, top + _TILE + 2 + 16 * line), text, 0, font=font, anchor="ma"
            )
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
