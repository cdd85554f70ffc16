"""The confusion matrix to choose from, and the pairs that are confused most."""

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
