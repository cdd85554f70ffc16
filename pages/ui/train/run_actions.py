"""What can be done with a run that has ended: train it further, repeat it with other seeds."""

from typing import Final

import streamlit as st

from mnist_core.runs.run import Run
from mnist_core.settings.fields import limit_of
from mnist_core.workers import machine
from pages.ui import layout
from pages.ui.base import cache, workers
from pages.ui.base.language import _, ngettext
from pages.ui.train import seeds

_MORE_EPOCHS: Final = (1, 5)


def show(run: Run) -> None:
    """Show the buttons that make sense for a run."""
    with layout.shown_errors(), st.container(horizontal=True, gap="small"):
        if run.can_go_on:
            _go_on(run)
        if run.result and run.base is None:
            seeds.offer(run)


def _go_on(run: Run) -> None:
    if not run.has_checkpoint:
        if st.button(
            _("Start again"),
            icon=":material/restart_alt:",
            key="train.again",
            type="primary",
            help=_("It ended before anything could be saved, so it starts from the beginning."),
        ):
            _train(run, run.n_epochs_left)
        return
    if (run.n_epochs_left or run.result is None) and st.button(
        _("Go on to epoch {n}", n=run.config.epochs),
        icon=":material/resume:",
        key="train.resume",
        type="primary" if run.result is None else "secondary",
        help=_("From the last saved state, with its weights and the optimiser's memory."),
    ):
        _train(run, run.n_epochs_left)
    for n in _MORE_EPOCHS:
        if run.n_epochs_done + n <= limit_of("epochs").high and st.button(
            ngettext("Train {n} more epoch", "Train {n} more epochs", n),
            icon=":material/add:",
            key=f"train.more.{n}",
            help=_("Goes on from the last saved state; the curves continue."),
        ):
            _train(run, n)


def _train(run: Run, n_epochs: int) -> None:
    machine.check_memory(run.config)
    cache.store().go_on(run.id, n_epochs=n_epochs)
    workers.dispatcher().submit(run.id)
    st.rerun()
