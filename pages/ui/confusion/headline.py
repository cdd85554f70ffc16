"""How many digits are read right, in one sentence."""

import streamlit as st

from mnist_core.data.parts import Part
from pages.ui.base.language import _, ngettext
from pages.ui.base.numbers import percent
from pages.ui.confusion.scope import View


def headline(view: View) -> None:
    """Say how many images are read wrong, and how many are not answered."""
    result = view.everything
    values = {
        "accuracy": percent(result.accuracy),
        "total": f"{len(result):,}",
    }
    if view.epoch is not None:
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
                "Of the {total} images that were held back, it reads {accuracy} right; {n} is read "
                "wrong.",
                "Of the {total} images that were held back, it reads {accuracy} right; {n} are "
                "read wrong.",
                result.n_wrong,
                **values,
            )
        )
    else:
        st.write(
            ngettext(
                "Of {total} images of MNIST that it learned from, it reads {accuracy} right; {n} "
                "is read wrong.",
                "Of {total} images of MNIST that it learned from, it reads {accuracy} right; {n} "
                "are read wrong.",
                result.n_wrong,
                **values,
            )
        )


def sure_headline(view: View) -> None:
    """Say how many answers are sure enough to count, and how good they are."""
    if not view.threshold:
        return
    threshold = f"{100 * view.threshold:g}%"
    if not len(view.answers):
        st.write(_("It is never {least} sure, so it would answer nothing.", least=threshold))
        return
    st.write(
        _(
            "If it must be at least {threshold} sure, it answers {share} of them and reads "
            "{accuracy} of these right. Everything below counts only these.",
            threshold=threshold,
            share=percent(len(view.answers) / len(view.everything)),
            accuracy=percent(view.answers.accuracy),
        )
    )
