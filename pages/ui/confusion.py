"""The parts of the Confusion page that say what is scored, and the matrix of it."""

from enum import StrEnum
from typing import Final

import streamlit as st

from mnist_core.dataset import N_CLASSES
from mnist_core.evaluation import Choice, Evaluation
from mnist_core.metrics import Unit
from mnist_core.parts import Part
from pages.ui import reveal, url
from pages.ui.confusion_grid import confusion_grid
from pages.ui.language import _, ngettext
from pages.ui.runs import percent
from pages.ui.view import View

_N_PAIRS: Final = 6


class Section(StrEnum):
    """What there is to see of all answers together."""

    DIGITS = "digits"
    CONFIDENCE = "confidence"
    TWO_NETWORKS = "networks"


def choose_section() -> Section:
    """Let a person choose what to see of all answers together; only that is computed."""
    titles = {
        Section.DIGITS: _("Digit by digit"),
        Section.CONFIDENCE: _("How sure is it?"),
        Section.TWO_NETWORKS: _("Two networks"),
    }
    keep = url.follow(
        "section", key="confusion.section", options=tuple(Section), default=Section.DIGITS
    )
    return Section(
        st.segmented_control(
            _("All answers together"),
            tuple(Section),
            format_func=lambda section: titles[section],
            required=True,
            key="confusion.section",
            on_change=keep,
            wrap=True,
        )
    )


def headline(view: View) -> None:
    """Say how many images are read wrong, and how many are not answered."""
    result = view.result
    values = {
        "accuracy": percent(result.accuracy),
        "total": f"{len(view.everything):,}",
    }
    if view.threshold:
        st.write(
            _(
                "At least {threshold} sure: it answers {share} of the {total} images, and reads "
                "{accuracy} of these right.",
                threshold=f"{100 * view.threshold:g}%",
                share=percent(len(result) / len(view.everything)),
                **values,
            )
        )
    elif view.epoch is not None:
        st.write(
            ngettext(
                "After epoch {epoch} it read {accuracy} of the {total} test images right; {n} was "
                "read wrong.",
                "After epoch {epoch} it read {accuracy} of the {total} test images right; {n} were "
                "read wrong.",
                result.n_wrong,
                epoch=view.epoch,
                **values,
            )
        )
    elif view.part is Part.TEST:
        st.write(
            ngettext(
                "It reads {accuracy} of the {total} test images right; {n} is read wrong.",
                "It reads {accuracy} of the {total} test images right; {n} are read wrong.",
                result.n_wrong,
                **values,
            )
        )
    elif view.part is Part.VALIDATION:
        st.write(
            ngettext(
                "It reads {accuracy} of the {total} images that were held back right; {n} is read "
                "wrong.",
                "It reads {accuracy} of the {total} images that were held back right; {n} are read "
                "wrong.",
                result.n_wrong,
                **values,
            )
        )
    else:
        st.write(
            ngettext(
                "It reads {accuracy} of the {total} images that it learned from right; {n} is read "
                "wrong.",
                "It reads {accuracy} of the {total} images that it learned from right; {n} are "
                "read wrong.",
                result.n_wrong,
                **values,
            )
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


def matrix(view: View, choice: Choice | None) -> None:
    """Show the matrix to choose from."""
    titles = {
        Unit.COUNT: _("Images"),
        Unit.ROW: _("Share of the row (recall)"),
        Unit.COLUMN: _("Share of the column (precision)"),
    }
    keep = url.follow("unit", key="confusion.unit", options=tuple(Unit), default=Unit.COUNT)
    unit = st.segmented_control(
        _("Cells show"),
        tuple(Unit),
        format_func=lambda unit: titles[unit],
        required=True,
        key="confusion.unit",
        on_change=keep,
        label_visibility="collapsed",
        wrap=True,
    )
    confusion_grid(
        view.result.counts,
        unit=Unit(unit),
        key="confusion.matrix",
        chosen=choice,
        on_choice=keep_choice,
    )
    st.caption(
        _(
            "Rows are true digits, columns what the network read. Choose a cell, or a digit at "
            "the edge, to see the images; arrow keys and Enter work too."
        )
    )


def most_confused(result: Evaluation) -> None:
    """List the pairs that are confused most, as buttons that choose the cell."""
    st.markdown(_("**Most confused**"))
    with st.container(key="confusion-pairs"):
        for pair in result.most_confused(_N_PAIRS):
            st.button(
                _(
                    "{true} read as {predicted}: {count} ×",
                    true=pair.true,
                    predicted=pair.predicted,
                    count=pair.count,
                ),
                key=f"confusion.pair.{pair.true}.{pair.predicted}",
                on_click=keep_choice,
                args=(Choice(pair.true, pair.predicted),),
                width="stretch",
            )
    if not result.n_wrong:
        st.write(_("No mistake at all."))
