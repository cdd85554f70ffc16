"""The digits that were found on what is given: one, or several in reading order."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

import numpy as np
import streamlit as st

from mnist_core.arrays import FloatArray
from mnist_core.network.forward import reading as network_reading
from mnist_core.pictures.sheet import Sheet, SheetDigit
from mnist_core.runs.run import Run
from pages.ui.base import cache
from pages.ui.base.language import _, ngettext
from pages.ui.base.numbers import percent
from pages.ui.draw import sources
from pages.ui.draw.sources import Given
from pages.ui.widgets import tiles
from pages.ui.widgets.tiles import Tile

_SHEET: Final = 440  # px
_IN_A_LINE: Final = 20  # readings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """A digit that was found on a picture.

    Attributes:
        given: The picture.
        digit: The digit.
        probabilities: What the first network answers, all steps taken; shape (10,).
    """

    given: Given
    digit: SheetDigit
    probabilities: FloatArray

    @property
    def reading(self) -> str:
        """The digit that is read; a question mark where it would be a guess."""
        read = network_reading(self.probabilities)
        return "?" if self.digit.is_unsure or read is None else str(read.digit)


def read(run: Run, pictures: Sequence[Given]) -> Sequence[Found]:
    """Read all digits of all pictures with a network."""
    pairs = [(picture, digit) for picture in pictures for digit in picture.sheet.digits]
    if not pairs:
        return []
    images = np.stack([digit.digit for _picture, digit in pairs])
    answers = cache.network(run).probabilities(images)
    return [
        Found(given=picture, digit=digit, probabilities=probabilities)
        for (picture, digit), probabilities in zip(pairs, answers, strict=True)
    ]


def chosen(found: Sequence[Found]) -> Found:
    """Return the digit that was chosen; where none was, the first of the last picture."""
    number = sources.look().chosen
    if number is not None and 0 <= number < len(found):
        return found[number]
    return next(each for each in found if each.given is found[-1].given)


def say_which(found: Sequence[Found], looked_at: Found) -> None:
    """Say which of several digits this is, and how all are read, if there are not too many."""
    values = {"number": found.index(looked_at) + 1, "n": len(found)}
    st.markdown(
        _(
            "**{readings}** · digit {number} of {n}",
            readings=" ".join(each.reading for each in found),
            **values,
        )
        if len(found) <= _IN_A_LINE
        else _("Digit {number} of {n}", **values)
    )


def show(found: Sequence[Found], looked_at: Found) -> None:
    """Show all digits in reading order, to choose the one to look at."""
    st.subheader(
        ngettext("{n} digit, in reading order", "{n} digits, in reading order", len(found)),
        anchor=False,
    )
    beside = [each for each in found if each.given is looked_at.given]
    with st.container(horizontal=True, gap="medium"):
        if len(beside) > 1:
            with st.container(width=_SHEET):
                _show_boxes(
                    looked_at.given,
                    readings=[each.reading for each in beside],
                    looked_at=beside.index(looked_at),
                )
        with st.container():
            st.code(_as_text(found), language=None)
            tiles.choose(
                [_tile(number, each) for number, each in enumerate(found)],
                label=_("All digits"),
                key="draw.found",
                chosen=found.index(looked_at),
                on_choice=_look_at,
                width=56,
            )


def _as_text(found: Sequence[Found]) -> str:
    """Write the readings line by line; of several pictures, each with its name behind."""
    are_several = found[0].given is not found[-1].given
    texts = []
    for _picture, digits in groupby(found, key=lambda each: id(each.given)):
        of_picture = list(digits)
        lines = groupby(of_picture, key=lambda each: each.digit.line)
        text = "\n".join(" ".join(each.reading for each in line) for _line, line in lines)
        texts.append(f"{text}  ({of_picture[0].given.name})" if are_several else text)
    return "\n".join(texts)


def _look_at(number: int) -> None:
    sources.look().chosen = number


def _tile(number: int, each: Found) -> Tile:
    sure = percent(float(each.probabilities.max()), digits=0)
    values = {"number": number + 1, "reading": each.reading, "sure": sure}
    return Tile(
        index=number,
        src=tiles.data_uri(each.digit.digit),
        title=each.reading,
        detail="" if each.digit.is_unsure else sure,
        label=_("digit {number}: unsure", **values)
        if each.digit.is_unsure
        else _("digit {number}: read as {reading}, {sure} sure", **values),
        mark="miss" if each.digit.is_unsure else "",
    )


def _show_boxes(given: Given, *, readings: Sequence[str], looked_at: int) -> None:
    """Show a picture with a box around each of its digits.

    Args:
        given: The picture.
        readings: What its digits are read as.
        looked_at: Which of its digits is looked at.
    """
    boxes = "".join(
        f'<i class="{_box_class(digit, is_chosen=number == looked_at)}" '
        f'style="{_box_style(digit, given.sheet)}"><b>{escape(reading)}</b></i>'
        for number, (digit, reading) in enumerate(zip(given.sheet.digits, readings, strict=True))
    )
    label = _("The picture, with a box around each digit")
    st.html(
        f'<div class="mnist-sheet"><img src="{tiles.data_uri(given.sheet.faded)}" '
        f'alt="{escape(label)}">{boxes}</div>'
    )


def _box_style(digit: SheetDigit, sheet: Sheet) -> str:
    shares = digit.box.shares(*sheet.grey.shape)
    names = ("left", "top", "width", "height")
    return ";".join(f"{name}:{share:.4%}" for name, share in zip(names, shares, strict=True))


def _box_class(digit: SheetDigit, *, is_chosen: bool) -> str:
    marks = (("mnist-unsure", digit.is_unsure), ("mnist-chosen", is_chosen))
    return " ".join(["mnist-box", *(name for name, is_on in marks if is_on)])
