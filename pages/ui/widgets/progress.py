"""Progress of a waiting or active run."""

from functools import partial
from typing import Final

import streamlit as st

from mnist_core.runs.progress import Progress
from mnist_core.runs.run import Run, RunStatus
from pages.ui.base import cache, live_runs, workers
from pages.ui.base.language import _
from pages.ui.base.notice import Notice
from pages.ui.base.numbers import duration

_NOTICE: Final = Notice(key="mnist.progress.notice", is_error=True)


def show(run: Run, *, key: str) -> None:
    """Show how far a run is, and a button of that key to end it."""
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    stop.button(
        _("Cancel") if run.status == RunStatus.QUEUED else _("Stop"),
        icon=":material/stop_circle:",
        key=key,
        disabled=run.is_stop_requested,
        width="stretch",
        help=_("Ends the training and keeps the weights reached so far."),
        on_click=_stop,
        args=(run.id,),
    )
    progress = _current(run)
    bar.progress(progress.share if progress else 0.0, text=_state(run, progress))
    _NOTICE.tell()


def _stop(run_id: str) -> None:
    _NOTICE.attempt(partial(workers.dispatcher().stop, run_id))
    live_runs.forget(run_id)


def _current(run: Run) -> Progress | None:
    """Return how far a run is; None when it went on and has not reported since."""
    if run.progress is None or run.progress.n_epochs != run.config.epochs:
        return None
    return run.progress if run.status == RunStatus.RUNNING else None


def _state(run: Run, progress: Progress | None) -> str:
    if run.status == RunStatus.QUEUED:
        place = cache.store().queue_position(run.id)
        if place <= 1 and not cache.store().beats():
            return _starting()  # nobody trains: a process is on its way
        return _("Waiting for a free trainer: place {place} in the queue", place=place)
    if run.is_stop_requested:
        return _("Stopping; the weights so far are kept and tested")
    if progress is None:
        return _starting()
    return _text(progress)


def _starting() -> str:
    return _("Starting the trainer; the first start takes a few seconds")


def _text(progress: Progress) -> str:
    if progress.share >= 1:
        return _("Testing on images that it has never seen")
    return _(
        "Epoch {epoch} of {n_epochs} · batch {batch} of {n_batches} · {speed} images a second · "
        "about {time} left",
        epoch=progress.epoch,
        n_epochs=progress.n_epochs,
        batch=progress.batch,
        n_batches=progress.n_batches,
        speed=f"{progress.images_per_second:,.0f}",
        time=duration(progress.eta_seconds),
    )
