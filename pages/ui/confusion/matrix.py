"""The parts of the Confusion page that say what is scored, and the matrix of it."""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Final

import streamlit as st

from mnist_core.arrays import N_CLASSES
from mnist_core.evaluation.answers import Choice
from mnist_core.evaluation.metrics import Unit
from pages.ui.base import url
from pages.ui.base.choice import choose
from pages.ui.base.language import _
from pages.ui.confusion import reveal
from pages.ui.confusion.grid import confusion_grid
from pages.ui.confusion.scope import View

_N_PAIRS: Final = 6
_IN_SIGHT: Final = 450  # pixels: a section's beginning


class Section(StrEnum):
    """What there is to see of all answers together."""

    DIGITS = "digits"
    CONFIDENCE = "confidence"
    TWO_NETWORKS = "networks"


def mark_section(*, is_alone: bool) -> AbstractContextManager[None]:
    """Let a link lead to the section that it names, which is shown within.

    Args:
        is_alone: Whether nothing else is chosen that a link would lead to.
    """
    is_named = is_alone and "section" in st.query_params
    return reveal.mark("section", height=_IN_SIGHT, is_on=is_named)


def choose_section() -> Section:
    """Let a person choose what to see of all answers together; only that is computed."""
    titles = {
        Section.DIGITS: _("Digit by digit"),
        Section.CONFIDENCE: _("How sure?"),
        Section.TWO_NETWORKS: _("Two networks"),
    }
    return choose(
        st.segmented_control,
        _("All answers together"),
        titles,
        parameter="section",
        key="confusion.section",
        default=Section.DIGITS,
        required=True,
        wrap=True,
    )


def asked_choice() -> Choice | None:
    """Return the cell, row or column that the URL names; None for none, or for nonsense."""
    true, predicted = (url.whole(name, below=N_CLASSES) for name in ("true", "predicted"))
    return None if true is None and predicted is None else Choice(true, predicted)


def keep_choice(choice: Choice | None) -> None:
    """Write what was chosen into the URL; another choice has other images."""
    if choice is not None:
        reveal.ask("gallery")
    choice = choice or Choice()
    url.put(true=choice.true, predicted=choice.predicted, order=None, index=None)


def show(view: View, choice: Choice | None) -> None:
    """Show the matrix to choose from."""
    titles = {
        Unit.COUNT: _("Counts"),
        Unit.ROW: _("Share of row"),
        Unit.COLUMN: _("Share of column"),
    }
    unit = choose(
        st.segmented_control,
        _("Cells show"),
        titles,
        parameter="unit",
        key="confusion.unit",
        default=Unit.COUNT,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    confusion_grid(
        view.answers.counts,
        # Through a replay one colour means one number.
        coloured_as=view.first_epoch.counts if view.first_epoch else view.answers.counts,
        unit=unit,
        key="confusion.matrix",
        chosen=choice,
        on_choice=keep_choice,
    )
    captions = {
        Unit.COUNT: _(
            "Rows are true digits, columns what the network reads. Choose a cell, or a digit at "
            "the edge, to see its images; arrow keys and Enter work too."
        ),
        Unit.ROW: _(
            "In percent of each true digit's images: the diagonal is the recall, the share of them "
            "that it finds. The edges count images."
        ),
        Unit.COLUMN: _(
            "In percent of the answers with each digit: the diagonal is the precision, the share "
            "of them that is right. The edges count images."
        ),
    }
    st.caption(captions[unit])


def most_confused(view: View, choice: Choice | None) -> None:
    """List the pairs that are confused most, as buttons that choose the cell."""
    st.markdown(_("**Most confused**"))
    with st.container(key="confusion-pairs"):
        for pair in view.answers.most_confused(_N_PAIRS):
            cell = Choice(pair.true, pair.predicted)
            st.button(
                _(
                    "{true} read as {predicted}: {count} ×",
                    true=pair.true,
                    predicted=pair.predicted,
                    count=pair.count,
                ),
                key=f"confusion.pair.{pair.true}.{pair.predicted}",
                on_click=keep_choice,
                args=(cell,),
                type="primary" if cell == choice else "secondary",
                width="stretch",
            )
    if len(view.answers) and not view.answers.n_wrong:
        st.write(_("No mistake at all."))
