"""What a run reached: its numbers, what they mean, its first answers."""

from typing import Final

import numpy as np
import streamlit as st

from mnist_core.evaluation import Fit, judge_fit
from mnist_core.records import Result, Run, RunStatus
from mnist_core.text import N_
from pages.ui import cache, digits, layout, tiles
from pages.ui.language import _
from pages.ui.runs import percent

_N_FIRST: Final = 20

FIT_SENTENCES: Final = {
    Fit.UNDERFITTING: N_(
        "It reads only {train} of the images it learned from: it needs more epochs, more units, or "
        "another learning rate (underfitting)."
    ),
    Fit.GOOD: N_(
        "It reads {train} of the images it learned from and {test} of new ones: it learned the "
        "digits, not the "
        "examples."
    ),
    Fit.SLIGHT_OVERFITTING: N_(
        "It reads {train} of the images it learned from, but {test} of new ones: a little of "
        "what it "
        "learned is true of its examples only (overfitting)."
    ),
    Fit.OVERFITTING: N_(
        "It reads {train} of the images it learned from, but only {test} of new ones: it learned"
        " many of "
        "its examples by heart (overfitting). Try dropout, or more images."
    ),
}


def show(run: Run, result: Result) -> None:
    """Show the accuracies and the time, and say in a sentence what they mean."""
    held_back = result.validation_accuracy
    numbers = [
        (
            _("Training accuracy"),
            percent(result.train_accuracy),
            _(
                "On the images it learned from, measured after the training. The curve below shows "
                "the mean while it was still learning."
            ),
        ),
        (
            _("Validation accuracy"),
            "–" if held_back is None else percent(held_back),
            _("On training images that were held back; none are without a validation split."),
        ),
        (
            _("Test accuracy"),
            percent(result.test_accuracy),
            _("On the 10,000 test images, which it has never seen."),
        ),
        (
            _("Time"),
            _("{seconds} s", seconds=f"{result.total_seconds:.1f}"),
            _("For training and testing together."),
        ),
    ]
    with st.grid(min_column_width=130, gap="small"):
        for label, value, explained in numbers:
            st.metric(label, value, help=explained, border=True, height="stretch")
    sentence = FIT_SENTENCES[judge_fit(result.train_accuracy, result.test_accuracy)]
    st.write(_(sentence, train=percent(result.train_accuracy), test=percent(result.test_accuracy)))
    if run.status == RunStatus.STOPPED:
        st.caption(_("Stopped by hand: these are the weights it had by then."))
    if run.n_epochs_measured < run.n_epochs_done:
        st.caption(
            _(
                "These numbers and answers are of its weights after epoch {epoch}; what came later "
                "was not measured.",
                epoch=run.n_epochs_measured,
            )
        )
    if result.kept_epoch is not None:
        st.caption(
            _(
                "The loss had not fallen for {patience} epochs, so early stopping went back to the "
                "weights after epoch {epoch}, the best.",
                patience=run.config.patience,
                epoch=result.kept_epoch,
            )
        )


def first_digits(run: Run) -> None:
    """Show the first test digits with what the network reads in each."""
    st.subheader(_("The first 20 test digits"), anchor=False)
    result = cache.test_result(run)
    tiles.show(
        digits.predicted_tiles(cache.dataset().test_images, result, np.arange(_N_FIRST)),
        label=_("The first 20 test digits"),
        width=76,
    )
    st.caption(
        _(
            "{n} of 20 read right. Under each digit: what the network reads, and how sure it is.",
            n=result.count_correct(_N_FIRST),
        )
    )
    layout.link(layout.PAGES["confusion"], label=_("See all its mistakes"))
