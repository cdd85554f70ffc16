"""X-ray: the steps from a picture to what the network receives, and what they are good for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from mnist_core.arrays import Grey
from mnist_core.pictures.ink import MEAN_STROKES
from mnist_core.pictures.steps import ALL_STEPS, DrawingSteps, Step, squeeze, take_steps
from mnist_core.pictures.strokes import Stroke
from mnist_core.runs.run import Run
from pages.ui.base import cache
from pages.ui.base.language import _
from pages.ui.draw import canvas
from pages.ui.widgets import answer, tiles

_TILE: Final = 108  # px: all seven in a row, or three on a phone
_SMALL: Final = 84
_READING: Final = 300

# A 4 as a person might draw it, too small and too near to the corner for a naive reading.
_CORNER_4: Final[tuple[Stroke, ...]] = (
    ((24, 16), (20, 26), (15, 38), (30, 39), (46, 37)),
    ((38, 20), (37, 36), (36, 58)),
)
_CORNER_PEN: Final = 6


@dataclass(frozen=True, slots=True)
class _Row:
    """A step: what it made, and what it is called and does."""

    step: Step
    picture: Grey
    title: str
    sentence: str


def chosen_steps() -> Collection[Step]:
    """Return the steps that are switched on."""
    return {step for step in ALL_STEPS if st.session_state.get(_key(step), True)}


def take(steps: DrawingSteps) -> DrawingSteps:
    """Take the steps that are switched on, anew only where one is not.

    Args:
        steps: All steps from the picture to the digit.
    """
    chosen = chosen_steps()
    return steps if chosen == ALL_STEPS else take_steps(steps.scan, chosen)


def offer_corner_4() -> None:
    """Offer to draw what only a careful reading can read."""
    st.button(
        _("Draw a small 4 into the corner"),
        icon=":material/draw:",
        key="draw.corner",
        on_click=lambda: canvas.draw(_CORNER_4, pen=_CORNER_PEN),
    )


def show(run: Run, steps: DrawingSteps) -> None:
    """Show each step with its switch, and two readings side by side.

    Args:
        run: Whose network reads.
        steps: What was made of the picture of one digit, with the steps that are switched on.
    """
    st.subheader(_("X-ray: from your picture to 28 × 28 pixels"), anchor=False)
    st.caption(_("Switch a step off to see what it is for: all the answers change with it."))
    with st.container(horizontal=True, gap="small"):
        with st.container(width=_TILE):
            height, width = steps.scan.grey.shape
            st.html(tiles.framed_html(steps.scan.grey, label=_("The picture in grey"), width=_TILE))
            st.markdown(_("**Your picture**"))
            st.caption(_("In grey, {width} × {height} pixels.", width=width, height=height))
        for row in _rows(steps):
            if row.step is Step.ALONE and not steps.scan.left_out.any():
                continue  # most pictures show nothing but the digit
            with st.container(width=_TILE):
                st.html(tiles.framed_html(row.picture, label=row.sentence, width=_TILE))
                # Not by `value`, which must not be given where a button sets it too.
                st.session_state.setdefault(_key(row.step), True)
                st.toggle(row.title, key=_key(row.step), persist_state="session")
                st.caption(row.sentence if row.step in chosen_steps() else _("Left out."))
    if chosen_steps() != ALL_STEPS:
        st.button(
            _("Take all steps again"),
            icon=":material/undo:",
            key="draw.steps",
            on_click=_take_all_steps,
        )
    _compare(run, steps)


def _take_all_steps() -> None:
    for step in ALL_STEPS:
        st.session_state[_key(step)] = True


def _key(step: Step) -> str:
    return f"draw.step.{step}"


def _rows(steps: DrawingSteps) -> Sequence[_Row]:
    height, width = steps.cropped.shape
    return [
        _Row(
            Step.INVERT,
            steps.bright,
            _("Ink bright"),
            _("The ink is dark: black and white are swapped.")
            if steps.scan.is_dark_on_bright
            else _("The ink is already bright on dark, as in MNIST."),
        ),
        _Row(
            Step.BACKGROUND,
            steps.ink,
            _("No paper"),
            _("Paper, shadows and dust are taken away."),
        ),
        _Row(
            Step.ALONE,
            steps.alone,
            _("Digit alone"),
            _("Lines, frames or a desk are left out."),
        ),
        _Row(
            Step.CROP,
            steps.cropped,
            _("Cut out"),
            _("The box around the ink: {width} × {height} pixels.", width=width, height=height),
        ),
        _Row(
            Step.SCALE,
            steps.scaled,
            _("20 pixels"),
            _("The longer side becomes 20 pixels."),
        ),
        _Row(
            Step.STROKES,
            steps.stroked,
            _("Pen width"),
            _(
                "Strokes of {width} pixels; MNIST's are about {usual}. Unusual ones are redrawn.",
                width=f"{steps.stroke_width:.1f}",
                usual=MEAN_STROKES,
            ),
        ),
        _Row(
            Step.CENTRE,
            steps.digit,
            _("Centred"),
            _("The centre of mass goes to the middle of 28 × 28."),
        ),
    ]


def _compare(run: Run, steps: DrawingSteps) -> None:
    """Show two readings: with the steps that are switched on, and with none of them."""
    names = {
        _("**With these steps**"): steps.digit,
        _("**Naive: the whole picture squeezed**"): squeeze(steps.scan.grey),
    }
    images = np.stack(list(names.values()))
    answers = cache.network(run).probabilities(images)
    with st.container(horizontal=True, gap="large"):
        for title, image, probabilities in zip(names, images, answers, strict=True):
            with st.container(width=_READING, horizontal=True, gap="small"):
                label = _("The digit as 28 × 28 pixels")
                st.html(tiles.picture_html(image, label=label, width=_SMALL), width=_SMALL)
                with st.container(width=_READING - _SMALL - 20):
                    st.markdown(title)
                    st.write(answer.sentence(probabilities))
