"""The confusion matrix to choose from, and the pairs that are confused most."""

from types import MappingProxyType
from typing import Final

import streamlit as st

from mnist_core.arrays import N_CLASSES
from mnist_core.evaluation.answers import Choice
from mnist_core.evaluation.metrics import Unit
from pages.ui.base import url
from pages.ui.base.choice import choose
from pages.ui.base.language import _, ngettext
from pages.ui.confusion import reveal
from pages.ui.confusion.grid import confusion_grid
from pages.ui.confusion.scope import View

_N_PAIRS: Final = 6
_N_SUREST: Final = 5
_SUREST: Final = Choice(most=_N_SUREST)
# By their names in the URL.
_ALL_MISTAKES: Final = MappingProxyType({"all": Choice(), "surest": _SUREST})


def asked_choice() -> Choice | None:
    """Return what the URL names, a cell, row, column or all mistakes; None for none or nonsense."""
    true, predicted = (url.whole(name, below=N_CLASSES) for name in ("true", "predicted"))
    if true is None and predicted is None:
        return _ALL_MISTAKES.get(st.query_params.get("mistakes", ""))
    return Choice(true, predicted)


def keep_choice(choice: Choice | None) -> None:
    """Write what was chosen into the URL; another choice has other images."""
    if choice is not None:
        reveal.ask("gallery")
    mistakes = next((name for name, all_ in _ALL_MISTAKES.items() if all_ == choice), None)
    digits = choice or Choice()
    url.put(true=digits.true, predicted=digits.predicted, mistakes=mistakes, order=None, index=None)


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
            "Rows are true digits, columns what the network reads. Choose a cell, a digit at the "
            "edge, or the corner with all mistakes, to see the images; arrow keys and Enter work "
            "too."
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
    if view.answers.n_wrong:
        st.button(
            ngettext(
                "The {n} surest mistake",
                "The {n} surest mistakes",
                min(_N_SUREST, view.answers.n_wrong),
            ),
            key="confusion.surest",
            help=_("Wrong, and the surest of it: the most embarrassing ones."),
            on_click=keep_choice,
            args=(_SUREST,),
            type="primary" if choice == _SUREST else "secondary",
            width="stretch",
        )
    if len(view.answers) and not view.answers.n_wrong:
        st.write(_("No mistake at all."))
