"""The Draw page: a digit given, what the network receives, what it answers, and why."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import numpy as np
import streamlit as st

from mnist_core.pictures.ink import MEAN_STROKES
from mnist_core.pictures.steps import DrawingSteps, Step
from mnist_core.pictures.unseen import Unseen
from mnist_core.runs.run import Run
from pages.ui import layout
from pages.ui.base import cache, choice, run_choice
from pages.ui.base.language import _, plain
from pages.ui.draw import canvas, damage, found, own_digits, sources, steps
from pages.ui.draw.found import Found
from pages.ui.draw.sources import Source
from pages.ui.widgets import answer, inspection, tiles

_GIVEN: Final = canvas.SIZE + 4  # px
_RECEIVED: Final = 168
_RECEIVED_BY_TWO: Final = 112
_ANSWER: Final = 310
_ANSWER_OF_TWO: Final = 214

_SECTION: Final = "draw.section"


class Section(StrEnum):
    """What there is to do with a digit once it is read."""

    BREAK = "break"
    WHY = "why"
    OWN = "mine"  # as older links have it


def choose_networks() -> Sequence[Run]:
    """Let a person choose one network, or two to look at beside each other."""
    first, second = st.columns(2)
    with first:
        run = run_choice.choose()
    with second:
        other = _choose_other(run)
    return [run, other] if other else [run]


def _choose_other(run: Run) -> Run | None:
    """Show the picker of a second network; `?other=` names it."""
    return run_choice.pick_any(
        _("A second network beside it"),
        [each for each in run_choice.trained() if each.id != run.id],
        parameter="other",
        key="draw.other",
    )


def pad(networks: Sequence[Run], *, is_fragment: bool) -> None:
    """Show where digits are given, and everything about the digit that is looked at.

    Args:
        networks: One network, or two.
        is_fragment: Whether a click in here reruns this part alone rather than the whole page. It
            must not while a fragment beside it runs by a clock: if the clock ticks during such a
            rerun, the browser misses its end and keeps showing elements that it has removed.
    """
    if is_fragment:
        st.fragment(_pad)(networks)
    else:
        with st.container():  # as a fragment has one: nothing changes its place
            _pad(networks)


def _pad(networks: Sequence[Run]) -> None:
    with layout.shown_errors():
        source = sources.choose_source()
        # A row that wraps: the canvas has a fixed size, and on a phone all stand below it.
        with st.container(horizontal=True, gap="medium"):
            place = st.container(width=_GIVEN)
            answer_column = st.container()
        settings = st.container(width=_GIVEN)
        with place:
            pictures, refused = sources.show(source, settings)
        digits = found.read(networks[0], pictures)
        taken = None
        with answer_column:
            sources.show_refused(refused)
            if digits:
                looked_at = found.chosen(digits)
                taken = _answer(networks, digits, looked_at)
            elif not refused:
                st.info(_what_to_do(source))
        if taken:
            if source is Source.DRAW:
                with settings:
                    _note_pen(taken)
            else:
                with place:
                    sources.show_picture(looked_at.given)
            if len(digits) > 1:
                found.show(digits, looked_at)
            if len(networks) > 1:
                st.caption(_("All that follows is about {name}.", name=plain(networks[0].title)))
            steps.show(networks[0], taken)
        if source is Source.DRAW:
            steps.offer_corner_4()
        st.divider()
        _show_section(networks[0], taken)


def _what_to_do(source: Source) -> str:
    """Say what to do when nothing is given."""
    if source is Source.DRAW:
        return _("Draw a digit from 0 to 9: it is read as soon as you lift the pen.")
    if source is Source.CAMERA:
        return _("Take a picture of a digit, or of a sheet with several.")
    return _("Upload a picture of a digit, or of a sheet with several.")


def _answer(networks: Sequence[Run], digits: Sequence[Found], looked_at: Found) -> DrawingSteps:
    """Show what the networks receive and answer; return the steps to it."""
    digit = looked_at.digit
    if len(digits) > 1:
        found.say_which(digits, looked_at)
    if digit.is_too_large:
        st.warning(
            _(
                "Unsure: these may be several digits that touch. Leave a gap between them, or say "
                "that it is one digit. As one digit, it would be read like this:"
            )
        )
    elif digit.unseen:
        st.warning(_unseen(digit.unseen))
    if digit.is_too_large or len(looked_at.given.sheet.digits) > 1 or sources.look().is_one:
        sources.offer_one()
    taken = steps.take(digit.steps)
    is_one = len(networks) == 1
    with st.container(horizontal=True, gap="small"):
        width = _RECEIVED if is_one else _RECEIVED_BY_TWO
        with st.container(width=width, key="draw-received"):
            st.markdown(_("**What the network receives**"))
            label = _("The digit as 28 × 28 pixels")
            st.html(tiles.picture_html(taken.digit, label=label, width=width))
            st.caption(_("28 × 28 pixels, as in MNIST."))
        for number, run in enumerate(networks):
            probabilities = cache.network(run).probabilities(taken.digit[np.newaxis])[0]
            width = _ANSWER if is_one else _ANSWER_OF_TWO
            with st.container(width=width, key=f"draw-answer-{number}"):
                if not is_one:
                    st.caption(plain(run.title))
                answer.show(probabilities, key=f"draw.probabilities.{number}")
    # The digit with all steps taken, even when some are switched off to see their effect.
    own_digits.offer(digit.digit)
    return taken


def _unseen(kind: Unseen) -> str:
    """Say why a digit must be guessed, although a person reads it at once."""
    return {
        Unseen.SLASHED_0: _(
            "Unsure: this looks like a 0 with a slash. MNIST has none, so no network trained on "
            "it has ever seen one. Its guess:"
        ),
        Unseen.LONG_1: _(
            "Unsure: this looks like a 1 with a long upstroke, as it is taught in German schools. "
            "MNIST has none, so no network trained on it has ever seen one. Its guess:"
        ),
    }[kind]


def _note_pen(taken: DrawingSteps) -> None:
    """Say how thick the strokes of the pen become."""
    if {Step.CROP, Step.SCALE} <= set(steps.chosen_steps()):
        st.caption(
            _(
                "Scaled to 20 pixels, your strokes are {width} pixels thick; MNIST's are about "
                "{usual}.",
                width=f"{taken.stroke_width:.1f}",
                usual=MEAN_STROKES,
            )
        )


def _show_section(run: Run, taken: DrawingSteps | None) -> None:
    """Show what there is to do with the digit that is looked at, or with those kept before."""
    section = _choose_section()
    if section is Section.OWN:
        own_digits.show(run)
    elif taken is None:
        st.caption(_("Draw or upload a digit above first."))
    elif section is Section.BREAK:
        damage.show(run, taken.digit)
    else:
        inspection.show(run, taken.digit, title=_("Why does it read it so?"), key="draw.why")


def open_section() -> Section:
    """Return the open section of the pad, before it is shown again."""
    return Section(st.session_state.get(_SECTION, Section.BREAK))


def _choose_section() -> Section:
    titles = {
        Section.BREAK: _("Break it"),
        Section.WHY: _("Why?"),
        Section.OWN: _("My digits"),
    }
    return choice.choose(
        st.segmented_control,
        _("What to do with it"),
        titles,
        parameter="section",
        key=_SECTION,
        default=Section.BREAK,
        then=st.rerun,  # the whole page: something of it depends on the section too
        required=True,
        wrap=True,
        label_visibility="collapsed",
    )
