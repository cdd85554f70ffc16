"""What a run reached: its numbers, what they mean, its first answers."""

from typing import Final

import numpy as np
import streamlit as st

from mnist_core.runs.diagnosis import CurveKind, judge_fit, read_curves
from mnist_core.runs.progress import Result
from mnist_core.runs.run import Run, RunStatus
from pages.ui import layout
from pages.ui.base import cache
from pages.ui.base.language import _
from pages.ui.base.numbers import percent
from pages.ui.widgets import tile_captions, tiles
from pages.ui.widgets.sentences import FIT_SENTENCES, READINGS

_N_FIRST: Final = 20


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
            )
            if run.base is None
            else _(
                "On the images it was fine-tuned on, your digits among them, measured after the "
                "training. The curve below shows the mean while it was still learning."
            ),
        ),
        (
            _("Validation accuracy"),
            "–" if held_back is None else percent(held_back),
            _(
                "On training images that were held back; without a validation split, there are "
                "none."
            ),
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
    st.write(_meaning(run, result))
    if run.status == RunStatus.STOPPED:
        st.caption(_("Stopped by hand: these are the weights it had by then."))
    if run.n_epochs_measured < run.n_epochs_done:
        st.caption(
            _(
                "These numbers and answers belong to its weights after epoch {epoch}; what came "
                "later was not measured.",
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


def _meaning(run: Run, result: Result) -> str:
    """Say what the accuracies mean, or that the steps were too large for them to mean much."""
    if run.history and read_curves(run.history, run.config).kind == CurveKind.RATE_TOO_HIGH:
        return _(READINGS[CurveKind.RATE_TOO_HIGH], rate=f"{run.config.learning_rate:g}")
    sentence = FIT_SENTENCES[judge_fit(result.train_accuracy, result.test_accuracy)]
    return _(sentence, train=percent(result.train_accuracy), test=percent(result.test_accuracy))


def first_digits(run: Run) -> None:
    """Show the first test digits with what the network reads in each."""
    st.subheader(_("The first 20 test digits"), anchor=False)
    result = cache.test_answers(run)
    tiles.show(
        tile_captions.predicted_tiles(cache.dataset().test_images, result, np.arange(_N_FIRST)),
        label=_("The first 20 test digits"),
        width=76,
    )
    st.caption(
        _(
            "{n} of 20 read right. Under each digit: what the network reads, and how sure it is.",
            n=int(result.is_correct[:_N_FIRST].sum()),
        )
    )
    layout.link(layout.PAGES["confusion"], label=_("See all its mistakes"))
