"""When did the network learn to read an image?"""

import streamlit as st

from mnist_core.evaluation.by_epoch import Learning, learning
from mnist_core.figures.curves import TrueDigitWords, p_true_figure
from pages.ui.base import cache
from pages.ui.base.language import _
from pages.ui.confusion.scope import View


def show(view: View, index: int) -> None:
    """Show by epoch how probable the true digit of a test image was."""
    by_epoch = cache.p_true_by_epoch(view.run)
    p_true = {epoch: float(values[index]) for epoch, values in by_epoch.items()}
    kept_epoch = view.run.result.kept_epoch if view.run.result else None
    st.markdown(_("**When did it learn this?**"))
    st.plotly_chart(
        p_true_figure(
            p_true,
            marked=view.epoch or kept_epoch,
            words=TrueDigitWords(
                epoch=_("Epoch"),
                p_true=_("Probability of the true digit"),
                half=_("one half"),
                hover=_("After epoch {epoch} it gave the true digit {value}."),
            ),
        ),
        key="confusion.learning",
        config={"displayModeBar": False},
        alt=_("Probability of the true digit by epoch"),
    )
    st.caption(_sentence(learning(p_true, kept_epoch=kept_epoch), first=min(p_true)))


def _sentence(learned: Learning, *, first: int) -> str:
    if learned.since == first:
        return _("From the first epoch on, the true digit had more than half of the probability.")
    if learned.since is not None:
        return _(
            "From epoch {epoch} on, the true digit had more than half of the probability.",
            epoch=learned.since,
        )
    if learned.lost_after is not None:
        return _(
            "After epoch {epoch} the true digit still had more than half of the probability; then "
            "it was lost again.",
            epoch=learned.lost_after,
        )
    return _("The true digit never had more than half of the probability.")
